"""The built-in bell: soft, long, and always the same."""

import numpy as np
import pytest

from kacenv.audio.bell import ATTACK, ring
from kacenv.audio.samples import RATE, frames_in
from kacenv.chimes import notes
from kacenv.scene import ChimeName


@pytest.mark.parametrize("name", ChimeName)
def test_its_peak_is_full_scale(name: ChimeName) -> None:
    """The loudest sample is 1, so that a level given to it is its peak."""
    assert np.abs(ring(name)).max() == 1.0


@pytest.mark.parametrize("name", ChimeName)
def test_it_begins_and_ends_at_rest(name: ChimeName) -> None:
    """It starts from silence, takes 30 ms to rise, and ends in silence."""
    sound = np.abs(ring(name))
    assert sound[: RATE // 1000].max() < 0.01 * sound.max()
    assert sound[: frames_in(ATTACK / 3)].max() < 0.4 * sound.max()
    assert sound[-1] < 1e-6


@pytest.mark.parametrize("name", ChimeName)
def test_it_rings_for_seconds(name: ChimeName) -> None:
    """Two seconds after its last stroke it is still heard, and ever softer."""
    sound, last = ring(name), notes(name)[-1].offset
    levels = [np.abs(sound[frames_in(last + at) :][: RATE // 2]).max() for at in range(1, 8)]
    assert levels == sorted(levels, reverse=True)
    assert levels[1] > 0.05


@pytest.mark.parametrize("name", ChimeName)
def test_every_stroke_of_the_phrase_sounds(name: ChimeName) -> None:
    """Half a second into each stroke the strongest tone is its note, or the hum below it."""
    for note in notes(name):
        part = ring(name)[frames_in(note.offset + 0.2) :][:RATE]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(RATE)))
        pitch = 440.0 * 2 ** ((note.pitch - 69) / 12)
        near = max(spectrum[round(pitch) - 2 : round(pitch) + 3])
        assert near > 0.3 * spectrum.max()


def test_it_is_made_once() -> None:
    """The same chime is the same array, which nobody can change."""
    assert ring(ChimeName.BELL) is ring(ChimeName.BELL)
    with pytest.raises(ValueError, match="read-only"):
        ring(ChimeName.BELL)[0] = 1.0
