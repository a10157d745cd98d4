"""The tape: what the mixer has made of late, for several devices to play at their own pace."""

from collections.abc import Callable

import numpy as np

from kacenv.audio.samples import RATE, Block, silence
from kacenv.units import Seconds

_CAPACITY = 1 << 17
"""Frames (2.7 s) that are kept; more than any device is behind another."""
_PIECE = 480
"""Frames (10 ms) that are made at once."""


class Tape:
    """Frames numbered from 0 on; whoever asks for one that isn't there yet has it made.

    `make` gives the next frames of all devices' channels side by side; it hears how many are
    wanted and how soon the first of them will be heard.
    """

    def __init__(self, make: Callable[[int, Seconds], Block], channels: int) -> None:
        self._make = make
        self._sound = silence(_CAPACITY, channels)
        self._end = 0

    @property
    def end(self) -> int:
        """The number of the frame that is made next."""
        return self._end

    def read(self, start: int, frames: int, columns: list[int], heard_in: float) -> Block:
        """Frames `start` and following, of shape (frames, columns); silence where long past.

        `heard_in` is how soon frame `start` will be heard, in seconds.
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
