"""What a sound-level meter's reading of the noise says about an output's trim and ceiling."""

import math
from typing import NamedTuple

from kacenv.audio.signals import k_weighting_of_pink
from kacenv.errors import DeviceError
from kacenv.units import Decibels

NOISE_LEVEL = Decibels(-30.0)
"""The noise's rms on each channel, in dBFS, unless the ceiling asks for less."""
PEAKS = Decibels(15.0)
"""Peaks of the noise stay within this above its rms, so below the ceiling."""
MUSIC = -20.0
"""The loudness (LUFS) of music at level 0 dB."""
REFERENCE_SPL = 65.0
"""dB SPL of music at level 0 dB, unless the clinic says otherwise."""
_TRIMS = Decibels(-40.0), Decibels(12.0)
_READINGS = 30.0, 110.0


class Calibration(NamedTuple):
    """A trim in dB, and the peak level in dB SPL that the ceiling stands for."""

    trim: Decibels
    ceiling_spl: float


def noise_level(ceiling: Decibels) -> Decibels:
    """The rms in dBFS of the noise for an output with that ceiling."""
    return Decibels(min(NOISE_LEVEL, ceiling - PEAKS))


def loudness_of(noise: Decibels) -> float:
    """The loudness in LUFS of stereo pink noise with that rms (dBFS) on each channel."""
    return noise - 0.691 + 10 * math.log10(2) + k_weighting_of_pink()


def calibrate(reading: float, ceiling: Decibels, reference_spl: float) -> Calibration:
    """The trim with which music at level 0 dB is heard at `reference_spl`.

    `reading` is what the meter showed (dB SPL) for the noise, played without any trim. Music is
    taken to read what pink noise of the same loudness reads.

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
