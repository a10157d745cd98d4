"""Look-ahead peak limiter."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kacenv.devices.audio.mixing.meters import peak_of
from kacenv.devices.audio.samples import RATE, Block, silence

LOOK_AHEAD = 240
"""Look-ahead and delay of the limiter, in frames (5 ms)."""
_LONGEST = 960
"""Longest part (frames) that is limited at once; sound below the ceiling passes at any length."""
_RECOVERY = 20.0 / RATE
"""Release, in dB per frame."""
_WINDOW = np.hanning(LOOK_AHEAD + 3)[1:-1]
_WINDOW /= _WINDOW.sum()

Levels = NDArray[np.float64]
"""Gain in dB, one value per frame, 0 or below."""


class Limiter:
    """Limits the channels of one group together to `ceiling` (amplitude).

    The target gain is the least within the next 5 ms, with a release of 20 dB per second. Its
    average over a window of the same length is smooth, and never above the target of the sample
    that leaves. Below the ceiling, samples pass unchanged, `LOOK_AHEAD` frames later.
    """

    def __init__(self, ceiling: float, channels: int) -> None:
        self._ceiling = np.nextafter(np.float32(ceiling), np.float32(0))
        self._waiting = silence(LOOK_AHEAD, channels)
        self._wanted: Levels = np.zeros(LOOK_AHEAD)
        self._held: Levels = np.zeros(LOOK_AHEAD)
        self._is_open = True

    def process(self, block: Block) -> Block:
        """Return the delayed and limited signal; silence a block with infinities or NaNs."""
        peak = peak_of(block)
        passes = self._is_open and peak <= self._ceiling
        if len(block) > _LONGEST and not passes:
            parts = range(0, len(block), _LONGEST)
            return np.concatenate([self.process(block[at : at + _LONGEST]) for at in parts])
        if not math.isfinite(peak):
            block, peak = np.zeros_like(block), 0.0
        late = np.concatenate((self._waiting, block))
        self._waiting = late[len(block) :].copy()
        if self._is_open and peak <= self._ceiling:
            return late[: len(block)]
        levels = self._levels(np.abs(block).max(axis=1, initial=0.0))
        gain = np.power(10.0, levels / 20)[:, None].astype(np.float32)
        limited: Block = np.clip(late[: len(block)] * gain, -self._ceiling, self._ceiling)
        return limited

    def _levels(self, peaks: NDArray[np.float32]) -> Levels:
        """Return the gain (dB) of the frames that leave now."""
        over = np.maximum(peaks.astype(np.float64) / float(self._ceiling), 1.0)
        wanted = np.concatenate((self._wanted, -20 * np.log10(over)))
        least = sliding_window_view(wanted, LOOK_AHEAD + 1).min(axis=1)
        held = np.concatenate((self._held, self._recovering(least)))
        self._wanted, self._held = wanted[len(peaks) :], held[len(peaks) :]
        self._is_open = not (self._wanted.any() or self._held.any())
        return np.convolve(held, _WINDOW, mode="valid")

    def _recovering(self, least: Levels) -> Levels:
        """Limit the rise of `least` to the release."""
        slope = _RECOVERY * np.arange(1, len(least) + 1)
        from_before = np.minimum(least - slope, self._held[-1])
        recovering: Levels = np.minimum(np.minimum.accumulate(from_before) + slope, 0.0)
        return recovering
