"""Plan of a preflight: the probes that a room needs, in order."""

from collections.abc import Container, Iterator
from typing import NamedTuple

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import codec
from kacenv.diagnostics.probe_runner import GRACE, PATIENCE
from kacenv.model.room import Fixture, Room

_SLOW_DISK = Seconds(20.0)
"""Time limit where a disk may have to spin up, or a large house to be read."""


class ProbeTask(NamedTuple):
    """Probe to run: `probe` is its name, with the id of an output or a lamp if it is for one.

    One that `touches` the room is seen or heard there. `consent` is a question asked first, and
    without a yes nothing is touched. On an interrupt it has `grace` seconds to restore the room.
    """

    what: str
    probe: str
    patience: Seconds = PATIENCE
    touches: bool = False
    consent: str | None = None
    grace: Seconds = GRACE


def tasks(room: Room, known: Container[str] = ()) -> Iterator[ProbeTask]:
    """Yield the probes in order: the quickest first, music last.

    `known` are the lamps whose light the room's daemon knows.
    """
    yield ProbeTask("files", "files", _SLOW_DISK)
    yield ProbeTask("machine", "machine")
    if room.midi.chimes or room.midi.controls:
        yield ProbeTask("MIDI", "midi")
    if room.broker is not None and room.lights:
        yield ProbeTask("broker", "broker")
        yield from _lamps(room, known)
    for one in room.outputs:
        yield ProbeTask(f"output {one.id}", f"output:{one.id}", _SLOW_DISK, touches=True)
    yield ProbeTask("music", "music", _SLOW_DISK)


def _lamps(room: Room, known: Container[str]) -> Iterator[ProbeTask]:
    mute = [one for one in room.lights if not codec(one).report_topics]
    back = Seconds(GRACE + 1 / room.steepest_light)
    if len(mute) < len(room.lights):
        yield ProbeTask("lamps", "lamps", _SLOW_DISK, touches=True, grace=back)
    for one in mute:
        consent = None if one.id in known else _consent(room, one)
        probe = f"lamp:{one.id}" if one.id in known else f"unknown-lamp:{one.id}"
        yield ProbeTask(
            f"lamp {one.id}", probe, _SLOW_DISK, touches=True, consent=consent, grace=back
        )


def _consent(room: Room, lamp: Fixture) -> str:
    safe = room.safe_light[lamp.zone].level
    return (
        f"{lamp.id} can't answer, and nobody knows its light. May it go to its safe light, "
        f"{safe:.0%}? It may jump there."
    )
