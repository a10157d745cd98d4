"""Normalization for playback: equal loudness, and no silent ends."""

import math
from collections.abc import Iterable
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


def album_gain(sounds: Iterable[Measurement | None]) -> Decibels:
    """Return the gain of tracks that are levelled together; unmeasured ones don't count."""
    known = [sound for sound in sounds if sound is not None]
    loud = [(sound.duration, sound.loudness) for sound in known if sound.loudness is not None]
    if not loud:
        return Decibels(0.0)
    energy = sum(span * 10 ** (loudness / 10) for span, loudness in loud)
    loudness = 10 * math.log10(energy / sum(span for span, _ in loud))
    peak = max(sound.true_peak for sound in known)
    return Decibels(min(REFERENCE - loudness, CEILING - peak, MOST))


def levelled_with_album(own: Decibels, sound: Measurement | None, album: Decibels) -> Decibels:
    """Return the gain of a track with a playlist gain of `own` dB from that of its `album`.

    Without a measurement, `own`.
    """
    return own if sound is None else Decibels(min(album + own, CEILING - sound.true_peak, MOST))


def levelled(own: Decibels, sound: Measurement | None) -> Decibels:
    """Return the gain of a track with a playlist gain of `own` dB from the reference.

    Without a measurement, `own`.
    """
    if sound is None:
        return own
    wanted = own if sound.loudness is None else own + REFERENCE - sound.loudness
    return Decibels(min(wanted, CEILING - sound.true_peak, MOST))


def heard(sound: Measurement, least: float = TRIVIAL) -> tuple[Seconds, Seconds]:
    """Return the range of a file (s) without silent ends longer than `least`: start and end."""
    if sound.silent:
        return Seconds(0.0), sound.duration
    begin = sound.head if sound.head > least else Seconds(0.0)
    tail = sound.tail if sound.tail > least else 0.0
    return begin, Seconds(sound.duration - tail)
