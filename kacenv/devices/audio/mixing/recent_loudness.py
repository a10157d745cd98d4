"""Level meter over the last three seconds."""

import math
from collections import deque

import numpy as np

from kacenv.core.units import Decibels
from kacenv.devices.audio.samples import RATE, Block

_WINDOW = 3 * RATE
"""Window (frames): the short-term window of EBU Tech 3341, without its frequency weighting."""
_FLOOR = 1e-12


class RecentLoudness:
    """Keeps the power of the last blocks; for the rendering thread only."""

    def __init__(self) -> None:
        self._blocks: deque[tuple[int, float]] = deque()
        self._frames = 0

    def add(self, block: Block) -> None:
        """Measure one block of stereo sound."""
        energy = float(np.vdot(block, block)) / block.shape[1]
        self._blocks.append((len(block), energy))
        self._frames += len(block)
        while self._frames - self._blocks[0][0] >= _WINDOW:
            self._frames -= self._blocks.popleft()[0]

    @property
    def level(self) -> Decibels:
        """Return the level (dBFS rms), at least -120; missing frames count as silence."""
        energy = sum(energy for _, energy in self._blocks)
        return Decibels(10 * math.log10(max(energy / _WINDOW, _FLOOR)))
