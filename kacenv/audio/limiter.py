"""A limiter that sees peaks coming and lets none of them pass."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kacenv.audio.samples import RATE, Block, silence

LOOK_AHEAD = 240
"""Frames (5 ms) by which the limiter knows what comes, and by which it delays."""
_RECOVERY = 20.0 / RATE
"""How fast the gain comes back, in dB per frame."""
_WINDOW = np.hanning(LOOK_AHEAD + 2)[1:-1]
_WINDOW /= _WINDOW.sum()


class Limiter:
    """Holds the channels of one block together below `ceiling` (amplitude).

    The wanted gain is the least of the next 5 ms and comes back at 20 dB a second; its
    average over a window of 5 ms is smooth and never above the wanted gain of the sample that
    leaves. Below the ceiling every sample leaves as it came, 5 ms later.
    """

    def __init__(self, ceiling: float, channels: int) -> None:
        self._ceiling = np.nextafter(np.float32(ceiling), np.float32(0))
        self._waiting = silence(LOOK_AHEAD, channels)
        self._wanted = np.zeros(2 * LOOK_AHEAD - 1)
        self._open = 0.0

    def process(self, block: Block) -> Block:
        """`block`, 5 ms late and limited; not-a-number and infinity become silence."""
        peaks = np.abs(block).max(axis=1, initial=0.0)
        if not np.isfinite(peaks).all():
            block, peaks = np.zeros_like(block), np.zeros_like(peaks)
        late = np.concatenate((self._waiting, block))
        self._waiting = late[len(block) :]
        reduction = self._reduction(peaks)
        if not reduction.any():
            return late[: len(block)]
        gain = np.power(10.0, reduction / 20).astype(np.float32)
        return np.clip(late[: len(block)] * gain[:, None], -self._ceiling, self._ceiling)

    def _reduction(self, peaks: NDArray[np.float32]) -> NDArray[np.float64]:
        """The change of level, in dB, for the frames that leave now; 0 or below."""
        over = np.maximum(peaks / self._ceiling, 1.0)
        wanted = np.concatenate((self._wanted, -20 * np.log10(over, dtype=np.float64)))
        self._wanted = wanted[len(peaks) :]
        if not wanted.any() and self._open >= 0:
            return np.zeros(len(peaks))
        return self._smooth(wanted)

    def _smooth(self, wanted: NDArray[np.float64]) -> NDArray[np.float64]:
        least = sliding_window_view(wanted, LOOK_AHEAD).min(axis=1)
        return np.convolve(least, _WINDOW, mode="valid")
