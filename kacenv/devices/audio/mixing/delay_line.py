"""Delay line."""

import numpy as np

from kacenv.devices.audio.samples import Block, silence


class DelayLine:
    """Delays a signal by `frames` frames; starts with silence."""

    def __init__(self, frames: int, channels: int) -> None:
        self._waiting = silence(frames, channels)

    def apply(self, block: Block) -> Block:
        """Append a block; return as many frames, delayed."""
        if not len(self._waiting):
            return block
        late = np.concatenate((self._waiting, block))
        self._waiting = late[len(block) :].copy()
        return late[: len(block)]
