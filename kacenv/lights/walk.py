"""A walk round the lamps: each a little brighter and back, and what it said to that."""

from collections.abc import Iterator
from typing import NamedTuple

from kacenv.clock import MonotonicClock
from kacenv.lights.direct import knows_all, opened, wait_for
from kacenv.lights.lamp_state import LampState
from kacenv.lights.rig import Rig
from kacenv.look import Setting
from kacenv.room import Fixture, Room
from kacenv.units import Level, Seconds

LISTEN = Seconds(1.0)
"""How long lamps are given to say what they show before the walk begins."""
CHANGE = Level(0.1)
"""How much brighter a lamp gets; one that is nearly full gets as much dimmer."""
UNKNOWN = Level(0.2)
"""Where a lamp is taken to be that doesn't say what it shows; it is left there."""
SPAN = Seconds(1.5)
PATIENCE = Seconds(4.0)
"""How long after that a lamp may take to answer."""


class Visit(NamedTuple):
    """One lamp of the walk.

    `began` and `left` are what it said before and after; `confirmed` whether it said that it
    followed, `latency` (s) how soon; both None for a lamp that can't speak.
    """

    lamp: str
    began: Setting | None
    told: Setting
    left: Setting | None
    available: bool | None
    confirmed: bool | None
    latency: Seconds | None


def walk(room: Room) -> Iterator[Visit]:
    """Visit one lamp after another, softly.

    Raises:
        DeviceError: The room has no lamps, or its broker can't be reached.
    """
    with opened(room, MonotonicClock()) as rig:
        wait_for(lambda: knows_all(rig), LISTEN)
        for fixture in room.lights:
            yield _visit(rig, fixture)


def _visit(rig: Rig, fixture: Fixture) -> Visit:
    began = _state(rig, fixture).reported
    before = began or Setting(UNKNOWN)
    up = before.level + CHANGE <= 1
    told = before._replace(level=Level(before.level + (CHANGE if up else -CHANGE)))
    there = _lead(rig, fixture, told)
    _lead(rig, fixture, before)
    state = _state(rig, fixture)
    speaks = fixture.id not in rig.silent
    confirmed = (there is not None) if speaks else None
    return Visit(fixture.id, began, told, state.reported, state.available, confirmed, there)


def _lead(rig: Rig, fixture: Fixture, setting: Setting) -> Seconds | None:
    """Lead one lamp to `setting`; how soon it confirmed."""
    clock = MonotonicClock()
    rig.lead(fixture.id, setting, SPAN)
    speaks = fixture.id not in rig.silent

    def is_done() -> bool:
        said = not speaks or _state(rig, fixture).confirmed_after is not None
        return said and clock.now() > SPAN

    wait_for(is_done, Seconds(SPAN + PATIENCE))
    return _state(rig, fixture).confirmed_after


def _state(rig: Rig, fixture: Fixture) -> LampState:
    return rig.shown()[fixture.id]
