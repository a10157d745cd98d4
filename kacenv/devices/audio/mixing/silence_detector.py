"""Silence detector: reports dead air where music is expected."""

import math
from collections.abc import Callable

import numpy as np

from kacenv.analysis import silence_gaps
from kacenv.core.units import Decibels, Seconds, amplitude
from kacenv.devices.audio.samples import Block
from kacenv.model.requests import DeadAir

QUIET = Decibels(silence_gaps.QUIET)
PATIENCE = Seconds(silence_gaps.DEAD_AIR)
"""Duration (s) of silence that is reported."""


class SilenceDetector:
    """Reports each silence once; for the rendering thread only."""

    def __init__(self, report: Callable[[DeadAir], None]) -> None:
        self._report = report
        self._since: Seconds | None = None
        self._quiet, self._told = 0.0, False

    def look(self, music: Block, expected: float, start: Seconds, end: Seconds) -> None:
        """Check the music heard from `start` to `end`.

        `expected` is the gain at which the tracks are mixed, 0 for intended silence; the threshold
        scales with it, so a track that is still fading in isn't reported.
        """
        level = math.sqrt(float(np.vdot(music, music)) / max(1, music.size))
        if expected <= 0 or level >= expected * amplitude(QUIET):
            self.begin_anew()
            return
        self._since = start if self._since is None else self._since
        # Counted in rendered time, as the clock runs on while a device is lost.
        self._quiet += end - start
        if self._quiet >= PATIENCE and not self._told:
            self._told = True
            self._report(DeadAir(self._since))

    def begin_anew(self) -> None:
        """Restart the measurement with the next block."""
        self._since, self._quiet, self._told = None, 0.0, False
