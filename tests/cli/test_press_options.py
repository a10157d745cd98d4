"""Presses typed for a rehearsal are those that are typed during a session."""

import pytest

from kacenv.cli.press_options import joined, presses_at
from kacenv.core.units import format_seconds
from kacenv.model.request_bounds import LONGEST_TIME
from kacenv.model.request_text import PressError, request_words


def test_moments_are_read_with_their_presses() -> None:
    """Time and press, in the order in which they were typed."""
    (first, hold), (second, extend) = presses_at(["47m30s hold", "40m extend 10m"])
    assert (first, hold.kind) == (2850.0, "hold")
    assert (second, request_words(extend)) == (2400.0, "extend 10m")


@pytest.mark.parametrize(
    ("typed", "way_out"),
    [
        ("", "--at 40m hold"),
        ("40m", "--at 40m hold"),
        ("40 hold", "a time with its unit"),
        ("hold 40m", "a time with its unit"),
        ("40m jump", "There is: back, chime"),
        ("40m hold now", "Type: hold"),
        ("40m extend", "Type: extend 10m"),
        ("40m extend 25h", f"a time of at most {format_seconds(LONGEST_TIME)}"),
        ("40m volume", "Type: volume -3dB"),
        ("40m volume loud", "from -90 dB to 6 dB, found 'loud', for example: -3 dB"),
        ("40m mute one two", "Type: mute"),
        ("40m duck up", "Type: duck, or duck --off"),
        ("40m intensity sideways", "expected 'up' or 'down'"),
        ("40m lights bright", "for example: 35%"),
        ("25h hold", "no rehearsal lasts longer than a day"),
    ],
)
def test_mistakes_get_the_way_out(typed: str, way_out: str) -> None:
    """Whatever can't be understood is answered with what can."""
    with pytest.raises(PressError) as error:
        presses_at([typed])
    assert way_out in str(error.value)


OPTIONS = ["--at", "--room", "-r", "--json"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("x --at 40m hold --at 47m release", ["x", "--at", "40m hold", "--at", "47m release"]),
        ("x --at 50m extend 10m -r demo", ["x", "--at", "50m extend 10m", "-r", "demo"]),
        ("--at 40m hold x --json", ["--at", "40m hold", "x", "--json"]),
        ("x --at 40m mute --off --json", ["x", "--at", "40m mute --off", "--json"]),
        ("x --at 40m volume -3dB --room=demo", ["x", "--at", "40m volume -3dB", "--room=demo"]),
        ("x --at 40m jump high", ["x", "--at", "40m jump high"]),
        ("x --at", ["x", "--at"]),
        ("x --at --json", ["x", "--at", "--json"]),
    ],
)
def test_a_press_takes_the_words_that_belong_to_it(line: str, words: list[str]) -> None:
    """No quotes are needed: a press ends where it is whole, or where an option begins."""
    assert joined(line.split(), OPTIONS) == words


def test_quotes_are_understood_as_well() -> None:
    """A press in quotes is the same press."""
    assert joined(["x", "--at", "50m", "extend 10m"], OPTIONS) == ["x", "--at", "50m extend 10m"]
