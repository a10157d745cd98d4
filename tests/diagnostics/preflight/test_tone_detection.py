"""A tone among noises, as a microphone hears it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio.samples import RATE
from kacenv.devices.audio.signals import soft_tone
from kacenv.diagnostics.preflight.tone_detection import Samples, rise

RANDOM = np.random.default_rng(1)


def noise(seconds: float, level: float) -> Samples:
    """White noise of a level in dBFS rms."""
    wave: NDArray[np.float64] = RANDOM.normal(0, 10 ** (level / 20), round(seconds * RATE))
    return wave.astype(np.float32)


def tone(level: float, late: float = 0.3) -> Samples:
    """The soft tone as it arrives, `late` seconds after it was begun, and a little rest."""
    sound = soft_tone(Seconds(1.5), Decibels(level))[:, 0]
    rests = np.zeros(round(late * RATE), np.float32), np.zeros(RATE // 2, np.float32)
    whole: Samples = np.concatenate([rests[0], sound, rests[1]])
    return whole


@pytest.mark.parametrize("late", [0.0, 0.07, 0.3, 0.61])
def test_a_tone_is_heard_however_late(late: float) -> None:
    """In the noise of a ventilated room, 30 dB louder than the tone's band there."""
    heard = tone(-40.0, late)
    found = rise(noise(0.8, -50.0), heard + noise(len(heard) / RATE, -50.0)[: len(heard)])
    assert found is not None
    assert 25 < found < 50


def test_in_silence_the_tone_stands_above_the_floor() -> None:
    """A microphone that hears nothing else, down to the last bit."""
    found = rise(np.zeros(RATE, np.float32), tone(-30.0))
    assert found is not None
    assert found > 60


@pytest.mark.parametrize("level", [-120.0, -60.0, -30.0])
def test_noise_alone_is_no_tone(level: float) -> None:
    """Whatever the room is like."""
    assert rise(noise(0.8, level), noise(2.6, level)) is None
    assert rise(np.zeros(RATE, np.float32), np.zeros(2 * RATE, np.float32)) is None


def test_other_sounds_are_no_tone() -> None:
    """A door, somebody who begins to talk, a hum that was there before, a short beep."""
    quiet = noise(0.8, -70.0)
    assert rise(quiet, noise(2.6, -30.0)) is None
    times = np.arange(round(2.6 * RATE)) / RATE
    hum = (0.1 * np.sin(2 * np.pi * 450 * times)).astype(np.float32)
    assert rise(hum[:RATE], hum) is None
    beep = np.where((times > 0.5) & (times < 0.6), np.sin(2 * np.pi * 440 * times), 0)
    assert rise(quiet, (0.1 * beep).astype(np.float32)) is None


def test_too_short_a_recording_holds_no_tone() -> None:
    """A microphone that gave next to nothing."""
    assert rise(np.zeros(0, np.float32), np.ones(100, np.float32)) is None
