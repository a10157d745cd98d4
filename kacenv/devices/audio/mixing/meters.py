"""Level meter over the last tenth of a second."""

import math
from collections import deque
from typing import NamedTuple

import numpy as np

from kacenv.core.units import Decibels
from kacenv.devices.audio.samples import RATE, Block

_BLOCKS = 10
_FLOOR = 1e-6


class LevelReading(NamedTuple):
    """Levels in dBFS, at least -120; a full-scale sine has an rms of -3."""

    rms: Decibels
    peak: Decibels


class LevelMeter:
    """Keeps the levels of the last ten blocks; one thread adds, any thread reads."""

    def __init__(self) -> None:
        self._blocks: list[tuple[float, float]] = [(0.0, 0.0)] * _BLOCKS
        self._next = 0

    def add(self, block: Block) -> None:
        """Measure one block of about 10 ms."""
        power = float(np.vdot(block, block)) / max(1, block.size)
        self._blocks[self._next] = (power, float(np.abs(block).max(initial=0.0)))
        self._next = (self._next + 1) % _BLOCKS

    def read(self) -> LevelReading:
        """Return the levels over the last ten blocks."""
        blocks = tuple(self._blocks)
        rms = math.sqrt(sum(power for power, _ in blocks) / _BLOCKS)
        return LevelReading(_dbfs(rms), _dbfs(max(peak for _, peak in blocks)))


def _dbfs(value: float) -> Decibels:
    return Decibels(20 * math.log10(max(value, _FLOOR)))


_WINDOW = 3 * RATE
"""Window (frames): the short-term window of EBU Tech 3341, without its frequency weighting."""
_RECENT_LOUDNESS_FLOOR = 1e-12


class RecentLoudness:
    """Keeps the power of the last blocks; for the rendering thread only."""

    def __init__(self) -> None:
        self._lengths: deque[int] = deque()
        self._energies: deque[float] = deque()
        self._frames = 0

    def add(self, block: Block) -> None:
        """Measure one block of stereo sound."""
        self._lengths.append(len(block))
        self._energies.append(float(np.vdot(block, block)) / block.shape[1])
        self._frames += len(block)
        while self._frames - self._lengths[0] >= _WINDOW:
            self._frames -= self._lengths.popleft()
            self._energies.popleft()

    @property
    def level(self) -> Decibels:
        """Return the level (dBFS rms), at least -120; missing frames count as silence."""
        power = sum(self._energies) / _WINDOW
        return Decibels(10 * math.log10(max(power, _RECENT_LOUDNESS_FLOOR)))
