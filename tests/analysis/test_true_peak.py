"""The greatest amplitude between samples, however they come."""

import numpy as np
import pytest

from kacenv.analysis.true_peak import Channels, TruePeakMeter

RATE = 48_000
CREST = 20 * np.log10(0.5 * 4 / np.pi)
"""Level (dB) between two samples of 0.5 among silence, by the sinc of an endless filter."""


def peak_of(sound: Channels, *cuts: int, rate: int = RATE) -> float:
    """The true peak (dB) of a sound of shape (channels, n) that comes in parts."""
    meter = TruePeakMeter(rate, len(sound))
    for part in np.split(sound, cuts, axis=1):
        meter.add(part)
    return 20 * float(np.log10(meter.result()))


def noise(seed: int, length: int) -> Channels:
    """Two channels of noise below 19 kHz, with strokes of other levels in it."""
    random = np.random.default_rng(seed)
    spectrum = np.fft.rfft(random.standard_normal((2, length)))
    spectrum[:, np.fft.rfftfreq(length, 1 / RATE) > 19_000] = 0.0
    loud = np.repeat(10 ** random.uniform(-2, 0, length // 1000 + 1), 1000)[:length]
    return (0.3 * np.fft.irfft(spectrum, length) * loud).astype(np.float32)


@pytest.mark.parametrize("parts", [2, 4, 6])
def test_a_sine_is_measured_at_its_crests(parts: int) -> None:
    """At a 4th, 8th or 12th of the rate, where samples lie beside the crests."""
    count = np.arange(RATE)
    swell = np.sin(np.pi * count / RATE)
    sine = swell * np.sin(np.pi * count / parts + np.pi / parts / 2)
    assert 20 * np.log10(np.abs(sine).max()) < -0.1
    assert peak_of(np.array([sine], np.float32)) == pytest.approx(0.0, abs=0.2)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_that_of_a_sound_of_64_times_the_rate(seed: int) -> None:
    """Leaving out what can't matter changes nothing: all of it is worked out here by Fourier."""
    sound, times = noise(seed, 6_000), 64
    whole = np.fft.rfft(np.pad(sound, ((0, 0), (3_000, 3_000))))
    fine = times * np.fft.irfft(whole, times * 12_000)
    expected = 20 * np.log10(np.abs(fine).max())
    assert peak_of(sound) == pytest.approx(expected, abs=0.25)


@pytest.mark.parametrize("seed", range(5))
def test_parts_are_as_good_as_the_whole(seed: int) -> None:
    """Cut anywhere, into few parts or many, some of them empty."""
    sound = noise(seed, 20_000)
    cuts = sorted(np.random.default_rng(seed).integers(0, 20_000, 40))
    assert peak_of(sound, *cuts, 20_000) == pytest.approx(peak_of(sound), abs=1e-5)


def test_a_crest_is_found_wherever_it_is() -> None:
    """Between any two samples, the first and the last too, whatever parts they come in."""
    for place in range(220):
        sound = np.zeros((1, 221), np.float32)
        sound[0, place : place + 2] = 0.5
        assert peak_of(sound, *range(10, 220, 10)) == pytest.approx(CREST, abs=0.05), place


def test_at_high_rates_samples_are_near_enough() -> None:
    """At 192 kHz nothing is worked out, as the standard says."""
    sound = np.array([[0.0, -0.5, -0.5, 0.0] * 100], np.float32)
    assert peak_of(sound, rate=192_000) == pytest.approx(20 * np.log10(0.5), abs=1e-6)
    assert peak_of(sound, rate=96_000) > 20 * np.log10(0.6)


def test_silence_has_none() -> None:
    """Also before anything came."""
    assert TruePeakMeter(RATE, 2).result() == 0.0
