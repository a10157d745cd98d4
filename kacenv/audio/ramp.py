"""A gain that moves in straight lines from block to block, so that it never jumps."""

import numpy as np

from kacenv.audio.samples import Block


class Ramp:
    """Takes samples from the gain they had to the gain they shall have."""

    def __init__(self, gain: float | None = None) -> None:
        self._gain = gain

    def apply(self, block: Block, target: float) -> Block:
        """`block` with the gain moving to `target`, reached by the sample after the last."""
        origin = target if self._gain is None else self._gain
        self._gain = target
        if origin == target:
            return block if target == 1.0 else block * np.float32(target)
        gains = np.linspace(origin, target, len(block), endpoint=False, dtype=np.float32)
        return block * gains[:, None]
