"""Detection of a tone in a recording, by the power in its band against noise and neighbours."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kacenv.core.units import Decibels
from kacenv.devices.audio.samples import RATE

PITCH: Final = 440.0
"""Frequency of the tone in Hz."""
ENOUGH: Final = Decibels(10.0)
"""Least rise of the tone's band over the time before, in dB."""
_CLEAR: Final = Decibels(6.0)
"""Least rise over neighbouring bands, in dB, which voices or doors don't reach."""
_HALF_BAND, _NEAR, _FAR = 12.0, 40.0, 160.0
"""Half width of the tone's band, and range of its neighbours, in Hz from the pitch."""
_FLOOR = 1e-12
_WINDOW: Final = RATE // 4
_HOP: Final = _WINDOW // 2
_HELD: Final = 3
"""Number of windows in a row: half a second in all."""

Samples = NDArray[np.float32]


def rise(before: Samples, during: Samples) -> Decibels | None:
    """Return the rise of the tone over the room's noise in dB, sustained for half a second.

    None if it is less than `ENOUGH`, or not above its neighbours. Samples are mono.
    """
    noise = np.median(_powers(before)[0]) if len(before) >= _WINDOW else _FLOOR
    tone, beside = _powers(during)
    held = [
        _decibels(tone[at : at + _HELD].min() / noise)
        for at in range(len(tone) - _HELD + 1)
        if (tone[at : at + _HELD] > beside[at : at + _HELD] * 10 ** (_CLEAR / 10)).all()
    ]
    best = max(held, default=0.0)
    return Decibels(best) if best >= ENOUGH else None


def _powers(sound: Samples) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the power per window in the tone's band, and in its neighbours for as many bins."""
    starts = range(0, len(sound) - _WINDOW + 1, _HOP)
    if not starts:
        return np.full(1, _FLOOR), np.full(1, _FLOOR)
    windows = np.stack([sound[start : start + _WINDOW] for start in starts])
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW), axis=1)) ** 2
    spectrum *= 16 / (3 * _WINDOW**2)  # a full-scale sine has power 1 in its three bins
    away = np.abs(np.fft.rfftfreq(_WINDOW, 1 / RATE) - PITCH)
    band, near = away <= _HALF_BAND, (away >= _NEAR) & (away <= _FAR)
    own = spectrum[:, band].sum(axis=1)
    beside = spectrum[:, near].mean(axis=1) * band.sum()
    return np.maximum(own, _FLOOR), np.maximum(beside, _FLOOR)


def _decibels(ratio: float) -> float:
    return 10 * float(np.log10(ratio))
