"""Test of a room's lamps: fade each a little brighter and back, and check its reports."""

from collections.abc import Iterator
from typing import NamedTuple

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.controller import LightController
from kacenv.devices.lights.direct import knows_all, opened, wait_for
from kacenv.devices.lights.lamp.estimate import LampState
from kacenv.model.look import Setting
from kacenv.model.room import Fixture, Room
from kacenv.system.clock import MonotonicClock

LISTEN = Seconds(1.0)
"""Time (s) that lamps are given to report before the test."""
CHANGE = Level(0.1)
"""Change of level in the test: up, or down in a lamp that is nearly full."""
UNKNOWN = Level(0.2)
"""Level assumed for a lamp that doesn't report, and where it is left."""
SPAN = Seconds(1.5)
PATIENCE = Seconds(4.0)
"""Time (s) after the fade's end in which a lamp may confirm."""


class LampTestResult(NamedTuple):
    """Test result of one lamp.

    `began` and `left` are its reports before and after; `confirmed` tells if it reported the
    target, `latency` how soon (s); both None for a lamp that can't report.
    """

    lamp: str
    began: Setting | None
    told: Setting
    left: Setting | None
    available: bool | None
    confirmed: bool | None
    latency: Seconds | None


def run_lamp_test(room: Room) -> Iterator[LampTestResult]:
    """Test one lamp after another; yield each result.

    Raises:
        DeviceError: The room has no lamps, or its broker can't be reached.
    """
    with opened(room, MonotonicClock()) as rig:
        wait_for(lambda: knows_all(rig), LISTEN)
        for fixture in room.lights:
            yield _test_lamp(rig, fixture)


def _test_lamp(rig: LightController, fixture: Fixture) -> LampTestResult:
    began = _state(rig, fixture).reported
    before = began or Setting(UNKNOWN)
    up = before.level + CHANGE <= 1
    told = before._replace(level=Level(before.level + (CHANGE if up else -CHANGE)))
    there = _lead(rig, fixture, told)
    _lead(rig, fixture, before)
    state = _state(rig, fixture)
    speaks = fixture.id not in rig.write_only_lamps
    confirmed = (there is not None) if speaks else None
    return LampTestResult(
        fixture.id, began, told, state.reported, state.available, confirmed, there
    )


def _lead(rig: LightController, fixture: Fixture, setting: Setting) -> Seconds | None:
    """Fade one lamp to `setting`; return the time (s) to its confirmation, None without one."""
    clock = MonotonicClock()
    rig.fade_lamp(fixture.id, setting, SPAN)
    speaks = fixture.id not in rig.write_only_lamps

    def is_done() -> bool:
        said = not speaks or _state(rig, fixture).confirmed_after is not None
        return said and clock.now() > SPAN

    wait_for(is_done, Seconds(SPAN + PATIENCE))
    return _state(rig, fixture).confirmed_after


def _state(rig: LightController, fixture: Fixture) -> LampState:
    return rig.states()[fixture.id]
