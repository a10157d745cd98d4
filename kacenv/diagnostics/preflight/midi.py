"""Probe of the MIDI ports that the room file names."""

from collections.abc import Callable, Iterator, Sequence

from kacenv.devices.midi.chime_player import RtMidiOutputs
from kacenv.devices.midi.hot_plug import matching_port
from kacenv.devices.midi.midi_input import RtMidiInputs
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.model.room import Room

Names = Callable[[], Sequence[str]]
"""Returns the available ports; raises OSError without MIDI."""


def midi(
    room: Room, outputs: Names | None = None, inputs: Names | None = None
) -> Iterator[Finding]:
    """Probe the port of the chimes and that of the pedal or controller."""
    if room.midi.chimes:
        names = outputs or RtMidiOutputs().output_names
        without = "Without it the built-in bell rings."
        yield _port("chimes by MIDI", room.midi.chimes, names, without)
    if room.midi.controls:
        names = inputs or RtMidiInputs().names
        without = "Without it all other ways to drive the room work."
        yield _port("controls by MIDI", room.midi.controls.port, names, without)


def _port(what: str, wanted: str, names: Names, without: str) -> Finding:
    try:
        there = list(names())
    except Exception as error:  # noqa: BLE001 - MIDI libraries raise whatever they like
        there, why = [], f" (MIDI can't be asked: {error})"
    else:
        why = f"; there are: {', '.join(there)}" if there else "; there is no port at all"
    found = matching_port(there, wanted)
    if found:
        return Finding(what, f"{found[0]} is there")
    todo = f"Plug it in and switch it on, or take it out of the room file. {without}"
    return Finding(what, f"no port is called “{wanted}”{why}", Severity.WRONG, todo)
