"""Ports known by their names, whatever numbers ALSA gives them and however an umlaut is written."""

import unicodedata

import pytest

from kacenv.devices.midi.port_names import bare_name, matching_port, namesakes

PEDAL = "USB Pedal:USB Pedal MIDI 1"


def test_parts_of_names_match() -> None:
    """A port is found by a part of its name in any letters, the first first."""
    assert matching_port(["A Pedal", "B", "pedal 2"], "PEDAL") == ["A Pedal", "pedal 2"]


@pytest.mark.parametrize("wanted", [f"{PEDAL} 20:0", PEDAL, "pedal midi 1 20:0"])
def test_a_port_is_known_without_its_numbers(wanted: str) -> None:
    """Plugged in again it has others, and the room file may have the old ones or none."""
    assert matching_port(["Midi Through 14:0", f"{PEDAL} 24:0"], wanted) == [f"{PEDAL} 24:0"]


def test_the_numbers_of_the_jack_bridge_do_not_matter_either() -> None:
    """a2jmidid writes them in brackets."""
    name = "a2j:USB Pedal [{}] (capture): USB Pedal MIDI 1"
    assert matching_port([name.format(24)], name.format(20)) == [name.format(24)]


def test_of_two_that_fit_the_one_with_the_numbers_comes_first() -> None:
    """As long as it is there."""
    there = [f"{PEDAL} 20:0", f"{PEDAL} 24:0"]
    assert matching_port(there, f"{PEDAL} 24:0") == there[::-1]


def test_numbers_alone_may_be_wanted() -> None:
    """Whoever writes them so means them."""
    assert matching_port([f"{PEDAL} 20:0", f"{PEDAL} 24:0"], "24:0") == [f"{PEDAL} 24:0"]


@pytest.mark.parametrize("written", ["NFC", "NFD"])
@pytest.mark.parametrize("heard", ["NFC", "NFD"])
def test_an_umlaut_is_an_umlaut(written: str, heard: str) -> None:
    """In one character or in two, as keyboards and editors please."""
    there = unicodedata.normalize(heard, "Türpedal")  # type: ignore[arg-type] # one of four words
    wanted = unicodedata.normalize(written, "TÜR")  # type: ignore[arg-type] # as above
    assert matching_port([there], wanted) == [there]


def test_namesakes_differ_in_their_numbers_alone() -> None:
    """Two pedals of one make; a second port of one device is another."""
    there = [f"{PEDAL} 20:0", "USB Pedal:USB Pedal MIDI 2 20:1", f"{PEDAL} 24:0"]
    assert namesakes(there, there[2]) == [there[0], there[2]]
    assert bare_name(there[0]) == PEDAL
