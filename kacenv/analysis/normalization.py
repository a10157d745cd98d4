"""Normalization for playback: equal loudness, and no silent ends."""

from typing import Final

from kacenv.analysis.measurement import Measurement
from kacenv.core.units import Decibels, Seconds

REFERENCE: Final = -20.0
"""Loudness (LUFS) to which every track is normalized: that of the house music, and so low that
music with a wide range is seldom turned down for its peaks."""
CEILING: Final = Decibels(-1.0)
"""Greatest true peak (dBTP) at a level of 0 dB (the limit of EBU R 128)."""
MOST: Final = Decibels(24.0)
"""Greatest gain (dB), the same as for manual gains: beyond is mostly noise."""
TRIVIAL: Final = Seconds(0.1)
"""Shortest silence (s) to be skipped."""


def levelled(own: Decibels, sound: Measurement | None) -> Decibels:
    """Return the gain of a track with a playlist gain of `own` dB from the reference.

    Without a measurement, `own`.
    """
    if sound is None:
        return own
    wanted = own if sound.loudness is None else own + REFERENCE - sound.loudness
    return Decibels(min(wanted, CEILING - sound.true_peak, MOST))


def heard(sound: Measurement) -> tuple[Seconds, Seconds]:
    """Return the audible range of a file (s): start and end."""
    if sound.silent:
        return Seconds(0.0), sound.duration
    begin = sound.head if sound.head > TRIVIAL else Seconds(0.0)
    tail = sound.tail if sound.tail > TRIVIAL else 0.0
    return begin, Seconds(sound.duration - tail)
