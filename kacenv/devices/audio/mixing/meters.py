"""Levels of sound: one measurement of a block for all that ask, meters, recent loudness."""

import math
from collections import deque
from typing import NamedTuple, Self

import numpy as np

from kacenv.core.units import Decibels
from kacenv.devices.audio.samples import RATE, Block, frames_in

PART = 960
"""Frames (20 ms) that are measured as one."""
_WINDOW = frames_in(0.1)
_FLOOR = 1e-6


def peak_of(block: Block) -> float:
    """Return the largest absolute sample, 0 if there is none; NaN if one is no number."""
    return float(max(block.max(initial=0.0), -block.min(initial=0.0)))


class SoundEnergy(NamedTuple):
    """Energy of a stereo block in parts of 20 ms; the last may be shorter."""

    parts: tuple[tuple[float, int], ...]
    """Mean of the channels' sums of squares, and frames, of each part."""

    @classmethod
    def of(cls, block: Block) -> Self:
        """Measure a block; a part's energy doesn't depend on the parts beside it."""
        cuts = range(0, len(block), PART)
        return cls(tuple(_energy(block[at : at + PART]) for at in cuts))


def _energy(part: Block) -> tuple[float, int]:
    return float(np.vdot(part, part)) / part.shape[1], len(part)


class LevelReading(NamedTuple):
    """Levels in dBFS, at least -120; a full-scale sine has an rms of -3."""

    rms: Decibels
    peak: Decibels


class LevelMeter:
    """Keeps the blocks of the last tenth of a second, and measures them only when it is read.

    One thread adds blocks, which nobody may change later; any thread reads.
    """

    def __init__(self) -> None:
        self._blocks: tuple[Block, ...] = ()

    def add(self, block: Block) -> None:
        """Add the next block."""
        blocks = (*self._blocks, block)
        while sum(map(len, blocks[1:])) >= _WINDOW:
            blocks = blocks[1:]
        self._blocks = blocks

    def read(self) -> LevelReading:
        """Return the levels over the last tenth of a second; missing sound counts as silence."""
        blocks = self._blocks
        frames = max(_WINDOW, sum(map(len, blocks)))
        power = sum(float(np.square(block).sum()) / block.shape[1] for block in blocks) / frames
        return LevelReading(_dbfs(math.sqrt(power)), _dbfs(max(map(peak_of, blocks), default=0.0)))


def _dbfs(value: float) -> Decibels:
    return Decibels(20 * math.log10(max(value, _FLOOR)))


_RECENT = 3 * RATE
"""Window (frames): the short-term window of EBU Tech 3341, without its frequency weighting."""
_RECENT_LOUDNESS_FLOOR = 1e-12


class RecentLoudness:
    """Keeps the energy of the last 3 s; for the rendering thread only."""

    def __init__(self) -> None:
        self._parts: deque[tuple[float, int]] = deque()
        self._frames = 0

    def add(self, sound: SoundEnergy, power: float = 1.0) -> None:
        """Add the next block's energy, the sound being heard at a gain whose square is `power`."""
        for energy, frames in sound.parts:
            self._parts.append((energy * power, frames))
            self._frames += frames
            while self._frames - self._parts[0][1] >= _RECENT:
                self._frames -= self._parts.popleft()[1]

    @property
    def level(self) -> Decibels:
        """Return the level (dBFS rms), at least -120; missing frames count as silence."""
        power = sum(energy for energy, _ in self._parts) / _RECENT
        return Decibels(10 * math.log10(max(power, _RECENT_LOUDNESS_FLOOR)))
