"""Which probes a room needs, and in which order."""

from collections.abc import Iterator
from typing import NamedTuple

from kacenv.lights.dialects import codec
from kacenv.preflight.runner import PATIENCE
from kacenv.room import Room
from kacenv.units import Seconds

_SLOW_DISK = Seconds(20.0)
"""A disk may have to wake, and a large house to be read."""


class Task(NamedTuple):
    """What is looked at: `probe` names the probe, perhaps with what of the room it is for.

    One that `touches` the room is seen or heard by whoever is in it.
    """

    what: str
    probe: str
    patience: Seconds = PATIENCE
    touches: bool = False


def tasks(room: Room) -> Iterator[Task]:
    """In the order in which they are done: first what takes no time, music last."""
    yield Task("files", "files", _SLOW_DISK)
    yield Task("machine", "machine")
    if room.midi.chimes or room.midi.controls:
        yield Task("MIDI", "midi")
    if room.broker is not None and room.lights:
        yield Task("broker", "broker")
        yield from _lamps(room)
    for one in room.outputs:
        yield Task(f"output {one.id}", f"output:{one.id}", _SLOW_DISK, touches=True)
    yield Task("music", "music", _SLOW_DISK)


def _lamps(room: Room) -> Iterator[Task]:
    mute = [one.id for one in room.lights if not codec(one).reports_level(one)]
    if len(mute) < len(room.lights):
        yield Task("lamps", "lamps", _SLOW_DISK, touches=True)
    for name in mute:
        yield Task(f"lamp {name}", f"lamp:{name}", _SLOW_DISK, touches=True)
