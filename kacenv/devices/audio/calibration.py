"""Calibration of an output's trim and ceiling by a sound-level meter and pink noise."""

import math
from typing import NamedTuple

from kacenv.core.errors import DeviceError
from kacenv.core.units import Decibels
from kacenv.devices.audio.signals import k_weighting_of_pink

NOISE_LEVEL = Decibels(-30.0)
"""Level of the noise (dBFS rms per channel), unless the ceiling requires less."""
PEAKS = Decibels(15.0)
"""Greatest crest factor (dB) of the noise, which so stays below the ceiling."""
MUSIC = -20.0
"""Loudness (LUFS) of music at level 0 dB."""
REFERENCE_SPL = 65.0
"""Default sound pressure (dB SPL) of music at level 0 dB."""
_TRIMS = Decibels(-40.0), Decibels(12.0)
_READINGS = 30.0, 110.0


class Calibration(NamedTuple):
    """Trim in dB, and the peak level in dB SPL at the ceiling."""

    trim: Decibels
    ceiling_spl: float


def noise_level(ceiling: Decibels) -> Decibels:
    """Return the level of the noise (dBFS rms) for an output with that ceiling."""
    return Decibels(min(NOISE_LEVEL, ceiling - PEAKS))


def loudness_of(noise: Decibels) -> float:
    """Return the loudness (LUFS) of stereo pink noise of a level (dBFS rms per channel)."""
    return noise - 0.691 + 10 * math.log10(2) + k_weighting_of_pink()


def calibrate(reading: float, ceiling: Decibels, reference_spl: float) -> Calibration:
    """Return the trim at which music at level 0 dB has `reference_spl`.

    `reading` is the meter's (dB SPL) for the noise, played without trim. Music is assumed to read
    the same as pink noise of the same loudness.

    Raises:
        DeviceError: The reading can't be right, or the amplifier must be set first.
    """
    if not _READINGS[0] <= reading <= _READINGS[1]:
        raise DeviceError(
            f"a reading of {reading:g} dB can't be right; it lies between 30 and 110 dB. "
            "Hold the meter where the head will be, and read while the noise plays."
        )
    noise = noise_level(ceiling)
    untrimmed = reading + MUSIC - loudness_of(noise)
    trim = Decibels(round(reference_spl - untrimmed, 1))
    if not _TRIMS[0] <= trim <= _TRIMS[1]:
        way = "up" if trim > 0 else "down"
        raise DeviceError(
            f"this output would need a trim of {trim:+.1f} dB; turn its amplifier {way} first, "
            "and measure again."
        )
    return Calibration(trim, reading - noise + ceiling)
