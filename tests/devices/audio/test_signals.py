"""Test signals: pink where it should be, soft at the edges, as loud as stated."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from support.decks import rms, steepest_step, tone

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio.calibration import loudness_of
from kacenv.devices.audio.samples import RATE
from kacenv.devices.audio.signals import pink_noise, soft_tone

NOISE = pink_noise(Seconds(20.0), Decibels(-30.0), 1)


def test_each_octave_of_the_noise_holds_the_same_power() -> None:
    """From 31 Hz to 16 kHz all octaves agree within 0.1 dB, and none holds anything outside."""
    power: NDArray[np.float64] = np.square(np.abs(np.fft.rfft(NOISE[:, 0])))
    pitches = np.fft.rfftfreq(len(NOISE), 1 / RATE)
    starts = [31.25 * 2**number for number in range(9)]
    octaves = [power[(pitches >= low) & (pitches < 2 * low)].sum() for low in starts]
    levels = [10 * np.log10(octave) for octave in octaves]
    assert levels == pytest.approx([levels[0]] * 9, abs=0.1)
    assert power[(pitches < 19) | (pitches > 20_100)].max() < 1e-6 * power.max()


def test_the_noise_is_as_loud_as_stated() -> None:
    """Each channel has the rms asked for, they are independent, and a seed repeats itself."""
    levels = [20 * np.log10(rms(NOISE[:, [side]])) for side in (0, 1)]
    assert levels == pytest.approx([-30.0, -30.0], abs=0.01)
    assert abs(np.mean(NOISE[:, 0] * NOISE[:, 1])) < 0.05 * rms(NOISE) ** 2
    again = pink_noise(Seconds(20.0), Decibels(-30.0), 1)
    np.testing.assert_array_equal(NOISE, again)
    assert np.abs(NOISE).max() < 10 ** (-15 / 20)


def test_the_noise_joins_itself() -> None:
    """Where it begins again there is no step larger than elsewhere."""
    twice = np.concatenate((NOISE, NOISE))
    assert steepest_step(twice) == steepest_step(NOISE)


def test_its_loudness_is_what_a_loudness_meter_reads(tmp_path: Path) -> None:
    """FFmpeg's EBU R128 meter agrees with our figure within 0.1 LU."""
    raw = tmp_path / "noise"
    NOISE.tofile(raw)
    command = ["ffmpeg", "-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", str(raw)]
    command += ["-af", "ebur128", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    measured = float(said.rsplit("I:", 1)[1].split()[0])
    assert loudness_of(Decibels(-30.0)) == pytest.approx(measured, abs=0.1)


def test_the_tone_is_soft() -> None:
    """Its peak is as stated and its edges are slow."""
    sound = soft_tone(Seconds(1.5), Decibels(-30.0))
    assert np.abs(sound).max() == pytest.approx(10 ** (-30 / 20), rel=1e-3)
    assert not sound[0].any()
    assert np.abs(sound[-10:]).max() < 1e-6
    assert rms(sound[: RATE // 20]) < 0.1 * rms(sound[RATE // 2 : RATE])
    assert steepest_step(sound) < 1.01 * steepest_step(tone(0.1, level=10 ** (-30 / 20)))
