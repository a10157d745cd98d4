"""Phrases: pitches by name, notes in their time, and no alarm among the built-in ones."""

import pickle
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kacenv.core.errors import UnitError
from kacenv.core.units import Decibels, Seconds
from kacenv.model.chime import BUILT_IN, HIGHEST, LOWEST, OwnChime, Phrase, parse_pitch, pitch_name
from kacenv.model.commands import StrikeChime
from kacenv.model.room import ChimeLoudness
from kacenv.model.scene import Audience


@pytest.mark.parametrize("phrase", BUILT_IN.values(), ids=str)
def test_phrases_are_no_alarms(phrase: Phrase) -> None:
    """One or two soft notes, seconds apart, rising by a fifth: no melody of IEC 60601-1-8."""
    assert 1 <= len(phrase.notes) <= 2
    assert all(note.velocity <= 64 for note in phrase.notes)
    for first, second in pairwise(phrase.notes):
        assert second.offset - first.offset >= 1.5
        assert second.pitch - first.pitch == 7


@pytest.mark.parametrize(
    ("text", "pitch"),
    [("A4", 69), ("C4", 60), ("c#5", 73), ("Bb3", 58), ("bb3", 58), ("B#3", 60), (" 64 ", 64)],
)
def test_pitches_have_their_usual_names(text: str, pitch: int) -> None:
    """A4 is 69, C4 is middle C; sharps, flats and numbers work."""
    assert parse_pitch(text) == pitch


@given(st.integers(LOWEST, HIGHEST))
def test_a_pitch_is_read_back_from_its_name(pitch: int) -> None:
    """Each pitch that may be used has a name, and the name leads back to it."""
    assert parse_pitch(pitch_name(pitch)) == parse_pitch(pitch) == pitch


@pytest.mark.parametrize("text", ["H4", "B1", "C#7", "35", "97", "4E", "E", "E 4", "٤٢", "", None])
def test_other_pitches_are_refused(text: object) -> None:
    """What is no note, or too low or too high for a soft bell, is refused with an example."""
    with pytest.raises(UnitError, match="a note from C2 to C7"):
        parse_pitch(text)


def test_the_first_note_may_wait() -> None:
    """A written time counts for the first note, too; the usual gap doesn't."""
    written = OwnChime.model_validate({"notes": [{"note": "E4", "after": "1s"}, "E4"]})
    assert [note.offset for note in written.phrase("x").notes] == [1.0, 2.5]
    plain = OwnChime.model_validate({"notes": ["E4", {"note": "B4", "after": "0s"}]})
    assert [note.offset for note in plain.phrase("x").notes] == [0.0, 0.0]


def test_a_chime_is_short() -> None:
    """Nine notes at the usual pace are 12 s and fit; ten don't."""
    assert len(OwnChime.model_validate({"notes": ["E4"] * 9}).phrase("x").notes) == 9
    with pytest.raises(ValidationError, match="at most 12s"):
        OwnChime.model_validate({"notes": ["E4"] * 10})


def test_a_file_that_was_not_read_cannot_sound() -> None:
    """Only the loader's rooms have phrases for files."""
    with pytest.raises(ValueError, match="hasn't been read"):
        OwnChime.model_validate({"file": "x.mid"}).phrase("x")


def test_an_order_can_be_stored() -> None:
    """A chime's order is plain data that survives storing, and reads as the chime's name."""
    written = OwnChime.model_validate({"notes": ["E4", "B4"]})
    order = StrikeChime(written.phrase("lake"), Audience.STAFF, Seconds(1.0))
    assert pickle.loads(pickle.dumps(order)) == order  # noqa: S301 - our own bytes
    assert f"{order.chime}" == "lake"


@given(st.floats(-120, 0))
def test_a_chime_is_as_loud_as_the_music_lets_it(music: float) -> None:
    """Its peak lies over the music's level, within both bounds."""
    bounds = ChimeLoudness()
    peak = bounds.peak(Decibels(music))
    assert bounds.softest <= peak <= bounds.loudest
    if bounds.softest < peak < bounds.loudest:
        assert peak == music + bounds.above_music
