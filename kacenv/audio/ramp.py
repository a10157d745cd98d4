"""A gain that moves in straight lines from block to block, so that it never jumps."""

import numpy as np

from kacenv.audio.samples import Block

_DEPTH = 40.0
"""dB below its level at which a fade-in begins; at music's levels nobody hears that."""


def even(share: float) -> float:
    """The gain at `share` (0 to 1) of a fade that an ear hears as even: straight in dB."""
    return float(10.0 ** ((min(share, 1.0) - 1.0) * _DEPTH / 20.0)) if share > 0 else 0.0


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
