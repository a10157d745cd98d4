"""The built-in bell: soft, long, and always the same."""

import numpy as np
import pytest

from kacenv.core.units import Seconds
from kacenv.devices.audio.mixing.bell_synth import ATTACK, ring
from kacenv.devices.audio.samples import RATE, frames_in
from kacenv.model.chime import BELL, BUILT_IN, HIGHEST, LONGEST, LOWEST, MOST_NOTES, Note, Phrase


def phrase(*notes: tuple[float, int, int]) -> Phrase:
    """Return a chime of (offset, pitch, velocity)."""
    return Phrase("own", tuple(Note(Seconds(at), pitch, force) for at, pitch, force in notes))


CHORD = phrase((0.0, 52, 40), (0.0, 59, 127), (0.0, 64, 90))
RUN = phrase((0.0, LOWEST, 100), (0.6, 76, 30), (1.8, HIGHEST, 60))
PHRASES = pytest.mark.parametrize("chime", [*BUILT_IN.values(), CHORD, RUN], ids=str)


@PHRASES
def test_its_peak_is_full_scale(chime: Phrase) -> None:
    """The loudest sample is 1, so that a level given to it is its peak."""
    assert np.abs(ring(chime)).max() == 1.0


@PHRASES
def test_it_begins_and_ends_at_rest(chime: Phrase) -> None:
    """It starts from silence, takes 30 ms to rise, and ends in silence."""
    sound = np.abs(ring(chime))
    assert sound[: RATE // 1000].max() < 0.01 * sound.max()
    assert sound[: frames_in(ATTACK / 3)].max() < 0.4 * sound.max()
    assert sound[-1] < 1e-6


@PHRASES
def test_it_rings_for_seconds(chime: Phrase) -> None:
    """Two seconds after its last stroke it is still heard, and ever softer."""
    sound, last = ring(chime), chime.notes[-1].offset
    levels = [np.abs(sound[frames_in(last + at) :][: RATE // 2]).max() for at in range(1, 8)]
    assert levels == sorted(levels, reverse=True)
    assert levels[1] > 0.05


@PHRASES
def test_every_stroke_of_the_phrase_sounds(chime: Phrase) -> None:
    """After each stroke its note is among the strongest tones, and it wasn't before."""
    for note in chime.notes:
        after = ring(chime)[frames_in(note.offset) :][: RATE // 2]
        spectrum = np.abs(np.fft.rfft(after * np.hanning(RATE // 2)))
        pitch = 440.0 * 2 ** ((note.pitch - 69) / 12)
        near = max(spectrum[round(pitch / 2) - 2 : round(pitch / 2) + 3])
        assert near > 0.2 * note.velocity / 127 * spectrum.max()


def test_a_harder_stroke_is_louder() -> None:
    """Alone at its moment, a note of half the velocity has half the amplitude."""
    sound = ring(phrase((0.0, 60, 100), (12.0, 60, 50)))
    late = sound[frames_in(12.0) :]
    np.testing.assert_allclose(late, sound[: len(late)] / 2, atol=1e-6)


def test_its_tones_are_a_bells() -> None:
    """Beside the octaves there is the minor third of a bell, which no string has."""
    spectrum = np.abs(np.fft.rfft(ring(BELL)[:RATE] * np.hanning(RATE)))
    floor = np.median(spectrum)
    for partial in (220, 440, 528, 660, 880):
        assert spectrum[partial - 2 : partial + 3].max() > 1000 * floor


def test_nothing_clicks_where_strokes_meet() -> None:
    """No sample leaps from the one before by more than the bell's own tones do."""
    notes = [(0.25 * count, 48 + count, 40 + count) for count in range(MOST_NOTES)]
    sound = ring(phrase(*notes))
    assert np.abs(np.diff(sound, 2)).max() < 0.1


def test_even_the_longest_chime_is_bounded() -> None:
    """The most notes there may be, over the longest time, ring for 21 s and no longer."""
    notes = [(LONGEST * count / (MOST_NOTES - 1), 60, 40) for count in range(MOST_NOTES)]
    assert len(ring(phrase(*notes))) == frames_in(LONGEST + 9.0)


def test_it_is_made_once() -> None:
    """The same chime is the same array, which nobody can change."""
    assert ring(BELL) is ring(BELL)
    assert ring(phrase((0.0, 60, 48))) is ring(phrase((0.0, 60, 48)))
    with pytest.raises(ValueError, match="read-only"):
        ring(BELL)[0] = 1.0
