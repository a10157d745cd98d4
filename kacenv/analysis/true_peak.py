"""True peak: the greatest amplitude of a sound, between its samples too.

The sound is oversampled as ITU-R BS.1770-5, annex 2, says: four times, or less if that makes
192 kHz. Where no sample near is large enough for one between to pass the greatest amplitude so far,
nothing is worked out.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

_LEAST_RATE: Final = 192_000
_MOST_PHASES: Final = 4
_TAPS: Final = 32
"""Samples from which one between them is worked out."""
_STEP: Final = 16
"""Samples of a window whose successors are worked out together."""
_WINDOW: Final = 3 * _STEP
_BATCH: Final = 100
"""Windows in one product; of larger ones, OpenBLAS would start threads."""
_AT_ONCE: Final = 8
"""Blocks of samples that are measured together."""
_KAISER: Final = 8.0
Channels = NDArray[np.float32]
"""Samples of shape (channels, n)."""


class TruePeakMeter:
    """Measures the true peak of a sound of `channels` at `rate` (Hz)."""

    def __init__(self, rate: int, channels: int) -> None:
        self._filters = _filters(min(_MOST_PHASES, -(-_LEAST_RATE // rate)))
        self._bound = float(np.abs(self._filters).sum(axis=0).max(initial=1.0))
        """Greatest amplitude between samples of amplitude 1."""
        self._waiting = [np.zeros((channels, _TAPS // 2), np.float32)]
        self._peak = 0.0

    def add(self, samples: Channels) -> None:
        """Measure the next samples."""
        self._waiting.append(samples)
        if len(self._waiting) > _AT_ONCE:
            self._measure()

    def result(self) -> float:
        """Return the amplitude, where silence follows the last samples."""
        self.add(np.zeros((len(self._waiting[0]), _WINDOW), np.float32))
        self._measure()
        return self._peak

    def _measure(self) -> None:
        sound = np.concatenate(self._waiting, axis=1)
        self._peak = max(self._peak, float(sound.max()), -float(sound.min()))
        count = max(0, sound.shape[1] // _STEP - 2)
        self._waiting = [sound[:, count * _STEP :]]
        if not count or not self._filters.size:
            return
        for channel in sound:
            steps = np.abs(channel[: (count + 2) * _STEP]).reshape(-1, _STEP).max(axis=1)
            near = np.maximum(np.maximum(steps[:-2], steps[1:-1]), steps[2:])
            (places,) = np.nonzero(near * self._bound > self._peak)
            self._look(sliding_window_view(channel, _WINDOW)[::_STEP][places])

    def _look(self, windows: Channels) -> None:
        """Work out what lies between the samples of windows of shape (n, window)."""
        for begin in range(0, len(windows), _BATCH):
            between = windows[begin : begin + _BATCH] @ self._filters
            self._peak = max(self._peak, float(between.max()), -float(between.min()))


@cache
def _filters(phases: int) -> NDArray[np.float32]:
    """Return what makes of a window its samples' successors, of shape (window, results).

    Each is a sinc of `_TAPS` samples in a Kaiser window, for each fraction of a sample.
    """
    near = np.arange(_TAPS) - (_TAPS // 2 - 1)
    columns = list[NDArray[np.float64]]()
    for fraction in np.arange(1, phases) / phases:
        taps = np.sinc(near - fraction) * _kaiser(near - fraction)
        for first in range(_STEP):
            behind = _WINDOW - _TAPS - first
            columns.append(np.pad(taps, (first, behind)))
    return np.array(columns or np.zeros((0, _WINDOW))).T.astype(np.float32)


def _kaiser(place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Kaiser window at places (samples) from its middle."""
    inside = np.sqrt(np.clip(1.0 - np.square(2.0 * place / _TAPS), 0.0, 1.0))
    window: NDArray[np.float64] = np.i0(_KAISER * inside) / np.i0(_KAISER)
    return window
