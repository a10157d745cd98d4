"""Whether a tone is in what a microphone heard: its own narrow band, above room and neighbours."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kacenv.audio.samples import RATE
from kacenv.units import Decibels

PITCH: Final = 440.0
"""Hz, of the soft tone."""
ENOUGH: Final = Decibels(10.0)
"""By how much the tone's band must rise above what it was before."""
_CLEAR: Final = Decibels(6.0)
"""By how much it must stand above its neighbours, so that a voice or a door isn't taken for it."""
_HALF_BAND, _NEAR, _FAR = 12.0, 40.0, 160.0
"""Hz from the pitch: the tone's band, and where its neighbours begin and end."""
_FLOOR = 1e-12
_WINDOW: Final = RATE // 4
_HOP: Final = _WINDOW // 2
_HELD: Final = 3
"""Windows in a row, half a second in all."""

Samples = NDArray[np.float32]


def rise(before: Samples, during: Samples) -> Decibels | None:
    """By how many dB the tone rose above the room's noise, held for half a second.

    None where there is no tone: less than `ENOUGH`, or no clearer than its neighbours. Mono.
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
    """Power in the tone's band and, scaled to as many bins, in its neighbours, by window."""
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
