"""Resampling: the sound between the samples, as it was before it was sampled."""

import numpy as np
import pytest

from kacenv.devices.audio.output.resampler import interpolate, places
from kacenv.devices.audio.samples import RATE, Block

FRAMES = 4800


def wave(pitch: float, at: np.ndarray) -> Block:
    """Return a sine and its inverse at fractional frames."""
    one = np.sin(2 * np.pi * pitch * at / RATE)
    return np.stack((one, -one), axis=1).astype(np.float32)


@pytest.mark.parametrize("pitch", [50.0, 440.0, 5000.0, 10_000.0, 18_000.0])
@pytest.mark.parametrize(("start", "ratio"), [(100.37, 1.0002), (100.0, 0.997), (99.999, 1.003)])
def test_between_samples_the_wave_is_as_it_was(pitch: float, start: float, ratio: float) -> None:
    """What is wrong lies 70 dB below the sound, up to 18 kHz."""
    first, count = places(start, ratio, FRAMES)
    sound = interpolate(wave(pitch, first + np.arange(count)), start, ratio, FRAMES)
    true = wave(pitch, start + ratio * np.arange(FRAMES))
    wrong = np.sqrt(np.mean((sound - true) ** 2) / np.mean(true**2))
    assert 20 * np.log10(wrong) < -70


def test_whole_places_give_the_samples_themselves() -> None:
    """At the buffer's own speed nothing is changed."""
    sound = np.random.default_rng(1).standard_normal((500, 3)).astype(np.float32)
    first, count = places(100.0, 1.0, 300)
    same = interpolate(sound[first : first + count], 100.0, 1.0, 300)
    np.testing.assert_allclose(same, sound[100:400], atol=1e-6)
