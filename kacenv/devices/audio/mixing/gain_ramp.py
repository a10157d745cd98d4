"""Gain ramp: linear from block to block, so that the gain never jumps."""

import numpy as np

from kacenv.devices.audio.samples import Block

_DEPTH = 40.0
"""Depth (dB) at which a fade-in starts, inaudible at music's levels."""


def even(share: float) -> float:
    """Return the gain at `share` (0 to 1) of a fade linear in dB."""
    return float(10.0 ** ((min(share, 1.0) - 1.0) * _DEPTH / 20.0)) if share > 0 else 0.0


class GainRamp:
    """Applies a gain that moves linearly from its last value to the next."""

    def __init__(self, gain: float | None = None) -> None:
        self._gain = gain

    def rests_at(self, gain: float) -> bool:
        """Tell if a block to which `gain` is applied next would have it from its first sample."""
        return self._gain is None or self._gain == gain

    def mean_power(self, target: float) -> float:
        """Return the mean square of the gain from its last value to `target`."""
        origin = target if self._gain is None else self._gain
        return (origin * origin + origin * target + target * target) / 3

    def apply(self, block: Block, target: float) -> Block:
        """Apply the gain, moving to `target`, which the sample after the last reaches."""
        origin = target if self._gain is None else self._gain
        self._gain = target
        if origin == target:
            return block if target == 1.0 else block * np.float32(target)
        gains = np.linspace(origin, target, len(block), endpoint=False, dtype=np.float32)
        return block * gains[:, None]
