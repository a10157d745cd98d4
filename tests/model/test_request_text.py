"""Requests are written as they are typed."""

import pytest

from kacenv.model.request_parser import press_of
from kacenv.model.request_text import PressError, fields_of, request_words

TYPED = [
    *("hold", "release", "next", "back", "silence", "music", "end", "stop", "lights-up"),
    *("extend 10m", "shorten 5m", "volume -3 dB", "volume seat-a +2 dB", "mute", "mute --off"),
    *("mute speakers", "mute speakers --off", "duck", "duck --off", "intensity up"),
    *("lights 20%", "lights plan", "lights dimmer", "lights resume", "chime deep-bell"),
    *("done", "done check-in-3", "snooze 5m", "snooze check-in-3 10m", "pass", "pass check-in-3"),
    *("seat a started", "seat b reset"),
]


@pytest.mark.parametrize("typed", TYPED)
def test_a_press_is_read_and_written_the_same(typed: str) -> None:
    """What is typed comes back in the timeline in the same words."""
    words = typed.replace(" dB", "dB").split()
    assert request_words(press_of(words)) == typed


@pytest.mark.parametrize("words", ["stop music", "end session", "lights-up off", "pass it by now"])
def test_a_dangerous_request_is_never_what_to_type(words: str) -> None:
    """Who typed more meant something else, perhaps the opposite."""
    with pytest.raises(PressError) as refused:
        fields_of(words.split())
    assert "Type:" not in str(refused.value)
    assert f"See: kacenv {words.split(maxsplit=1)[0]} --help" in str(refused.value)
