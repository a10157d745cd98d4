"""Probe of the MIDI ports that the room file names."""

from collections.abc import Callable, Iterator, Sequence

from kacenv.devices.midi.chime_player import RtMidiOutputs
from kacenv.devices.midi.midi_input import RtMidiInputs
from kacenv.devices.midi.port_names import bare_name, matching_port, namesakes
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
        yield _port("chimes by MIDI", room.midi.chimes, names, without, all_count=False)
    if room.midi.controls:
        names = inputs or RtMidiInputs().names
        without = "Without it all other ways to drive the room work."
        yield _port("controls by MIDI", room.midi.controls.port, names, without, all_count=True)


def _port(what: str, wanted: str, names: Names, without: str, *, all_count: bool) -> Finding:
    try:
        there = list(names())
    except Exception as error:  # noqa: BLE001 - MIDI libraries raise whatever they like
        there, why = [], f" (MIDI can't be asked: {error})"
    else:
        why = f"; there are: {', '.join(there)}" if there else "; there is no port at all"
    found = matching_port(there, wanted)
    if found:
        return _there(what, found, all_count=all_count)
    todo = f"Plug it in and switch it on, or take it out of the room file. {without}"
    return Finding(what, f"no port is called “{wanted}”{why}", Severity.WRONG, todo)


def _there(what: str, found: Sequence[str], *, all_count: bool) -> Finding:
    """Return which of several ports that fit is used; `all_count` if its namesakes are, too."""
    used = namesakes(found, found[0]) if all_count else found[:1]
    others = [name for name in found if name not in used]
    said = f"{found[0]} is there" if len(used) == 1 else f"{', '.join(used)} are there; each counts"
    if not others:
        return Finding(what, said)
    todo = "If that is the wrong one, write more of the right one's name in the room file."
    if bare_name(others[0]) == bare_name(found[0]):
        todo = "Unplug the other one: two of one name can't be told apart."
    return Finding(what, f"{said}; not used: {', '.join(others)}", Severity.NOTE, todo)
