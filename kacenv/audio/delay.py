"""A delay line: the same samples, later."""

import numpy as np

from kacenv.audio.samples import Block, silence


class Delay:
    """Gives every sample back `frames` frames later, and silence until then."""

    def __init__(self, frames: int, channels: int) -> None:
        self._waiting = silence(frames, channels)

    def apply(self, block: Block) -> Block:
        """As many frames as `block` has, from before."""
        if not len(self._waiting):
            return block
        late = np.concatenate((self._waiting, block))
        self._waiting = late[len(block) :].copy()
        return late[: len(block)]
