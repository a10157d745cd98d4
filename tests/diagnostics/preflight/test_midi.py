"""Ports that are there, and ports that aren't."""

from collections.abc import Sequence

from kacenv.diagnostics.finding import Severity
from kacenv.diagnostics.preflight.midi import midi
from kacenv.model.room import Room

ROOM = Room.model_validate(
    {
        "name": "keys",
        "outputs": [{"id": "speakers", "role": "speakers"}],
        "midi": {
            "chimes": "Piano",
            "controls": {"port": "Pedal", "map": [{"on": "note 60", "do": "hold"}]},
        },
    }
)


def no_midi() -> Sequence[str]:
    """A machine without MIDI."""
    raise OSError("no sequencer")


def test_ports_that_are_there() -> None:
    """Part of a name is enough, in whatever letters."""
    chimes, controls = midi(ROOM, lambda: ["Through", "Digital PIANO 1"], lambda: ["My pedal"])
    assert (chimes.mark, chimes.found) == (Severity.FINE, "Digital PIANO 1 is there")
    assert (controls.mark, controls.found) == (Severity.FINE, "My pedal is there")


def test_several_ports_that_fit() -> None:
    """Of instruments the first plays; pedals of one name all count, and others don't."""
    pianos, pedals = ["Piano 20:0", "Piano 24:0"], ["Pedal 28:0", "Pedal 32:0", "Pedal B 36:0"]
    chimes, controls = midi(ROOM, lambda: pianos, lambda: pedals)
    assert chimes.mark is controls.mark is Severity.NOTE
    assert chimes.found == "Piano 20:0 is there; not used: Piano 24:0"
    assert "Unplug the other one" in chimes.todo
    used = "Pedal 28:0, Pedal 32:0 are there; each counts"
    assert controls.found == f"{used}; not used: Pedal B 36:0"
    assert "write more" in controls.todo
    (_, both) = midi(ROOM, lambda: pianos, lambda: pedals[:2])
    assert (both.mark, both.found) == (Severity.FINE, used)


def test_ports_that_are_missing() -> None:
    """What the room file names must be there; it says which ports there are, and what to do."""
    chimes, controls = midi(ROOM, lambda: ["Through"], no_midi)
    assert chimes.mark is controls.mark is Severity.WRONG
    assert chimes.found == "no port is called “Piano”; there are: Through"
    assert "no sequencer" in controls.found
    assert "built-in bell" in chimes.todo
    assert "Plug it in" in controls.todo


def test_a_room_without_midi_has_nothing_to_find() -> None:
    """Nothing is asked for."""
    assert list(midi(ROOM.model_copy(update={"midi": type(ROOM.midi)()}), no_midi, no_midi)) == []
