"""A limiter that sees peaks coming and lets none of them pass."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kacenv.audio.samples import RATE, Block, silence

LOOK_AHEAD = 240
"""Frames (5 ms) by which the limiter knows what comes, and by which it delays."""
_RECOVERY = 20.0 / RATE
"""How fast the level comes back, in dB per frame."""
_WINDOW = np.hanning(LOOK_AHEAD + 3)[1:-1]
_WINDOW /= _WINDOW.sum()

Levels = NDArray[np.float64]
"""Changes of level in dB, one per frame, 0 or below."""


class Limiter:
    """Holds the channels of one group together below `ceiling` (amplitude).

    The wanted level is the least within the next 5 ms and comes back at 20 dB a second. Its
    average over a window of the same length is smooth, and never above what the sample that
    leaves wants. Below the ceiling every sample leaves as it came, `LOOK_AHEAD` frames later.
    """

    def __init__(self, ceiling: float, channels: int) -> None:
        self._ceiling = np.nextafter(np.float32(ceiling), np.float32(0))
        self._waiting = silence(LOOK_AHEAD, channels)
        self._wanted: Levels = np.zeros(LOOK_AHEAD)
        self._held: Levels = np.zeros(LOOK_AHEAD)

    def process(self, block: Block) -> Block:
        """`block`, late and limited; infinity and not-a-number become silence."""
        peaks = np.abs(block).max(axis=1, initial=0.0)
        if not np.isfinite(peaks).all():
            block, peaks = np.zeros_like(block), np.zeros_like(peaks)
        late = np.concatenate((self._waiting, block))
        self._waiting = late[len(block) :].copy()
        loud = bool((peaks > self._ceiling).any())
        if not loud and not self._held.any() and not self._wanted.any():
            return late[: len(block)]
        gain = np.power(10.0, self._levels(peaks) / 20)[:, None].astype(np.float32)
        limited: Block = np.clip(late[: len(block)] * gain, -self._ceiling, self._ceiling)
        return limited

    def _levels(self, peaks: NDArray[np.float32]) -> Levels:
        """The change of level for the frames that leave now."""
        over = np.maximum(peaks.astype(np.float64) / float(self._ceiling), 1.0)
        wanted = np.concatenate((self._wanted, -20 * np.log10(over)))
        least = sliding_window_view(wanted, LOOK_AHEAD + 1).min(axis=1)
        held = np.concatenate((self._held, self._recovering(least)))
        self._wanted, self._held = wanted[len(peaks) :], held[len(peaks) :]
        return np.convolve(held, _WINDOW, mode="valid")

    def _recovering(self, least: Levels) -> Levels:
        """`least`, but rising no faster than the recovery allows."""
        slope = _RECOVERY * np.arange(1, len(least) + 1)
        from_before = np.minimum(least - slope, self._held[-1])
        recovering: Levels = np.minimum(np.minimum.accumulate(from_before) + slope, 0.0)
        return recovering
