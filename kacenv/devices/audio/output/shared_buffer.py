"""Shared buffer of rendered frames, read by several devices at their own rates."""

from collections.abc import Callable

import numpy as np

from kacenv.core.units import Seconds
from kacenv.devices.audio.samples import RATE, Block, silence

_CAPACITY = 1 << 17
"""Capacity (frames, 2.7 s), more than any device is behind another."""
_PIECE = 480
"""Frames (10 ms) rendered at a time."""


class SharedBuffer:
    """Numbered frames from 0 on; reading ahead of the end renders more.

    `make` renders the next frames of all devices' channels side by side, given their number and the
    latency of the first.
    """

    def __init__(self, make: Callable[[int, Seconds], Block], channels: int) -> None:
        self._make = make
        self._sound = silence(_CAPACITY, channels)
        self._end = 0

    @property
    def end(self) -> int:
        """Return the number of the next frame to render."""
        return self._end

    def read(self, start: int, frames: int, columns: list[int], heard_in: float) -> Block:
        """Return the frames from `start` on, of shape (frames, columns); silence where overwritten.

        `heard_in` is the latency (s) of frame `start`.
        """
        while self._end < start + frames:
            self._append(Seconds(heard_in + (self._end - start) / RATE))
        first = max(start, 0, self._end - _CAPACITY)
        missing = min(frames, first - start)
        places = np.arange(start + missing, start + frames) % _CAPACITY
        kept = self._sound[places[:, None], columns]
        return np.concatenate((silence(missing, len(columns)), kept)) if missing else kept

    def _append(self, heard_in: Seconds) -> None:
        places = np.arange(self._end, self._end + _PIECE) % _CAPACITY
        self._sound[places] = self._make(_PIECE, heard_in)
        self._end += _PIECE
