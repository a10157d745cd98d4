"""The dead-air watch: notices silence where music should be."""

from collections.abc import Callable

import numpy as np

from kacenv.audio.samples import Block
from kacenv.music import gap
from kacenv.requests import DeadAir
from kacenv.units import Decibels, Seconds, amplitude

QUIET = Decibels(gap.QUIET)
PATIENCE = Seconds(gap.DEAD_AIR)
"""How long it may stay so."""


class Watch:
    """Tells once per occurrence; belongs to the thread that renders."""

    def __init__(self, report: Callable[[DeadAir], None]) -> None:
        self._report = report
        self._since: Seconds | None = None
        self._quiet, self._told = 0.0, False

    def look(self, music: Block, expected: float, start: Seconds, end: Seconds) -> None:
        """Judge the music heard from `start` to `end`.

        `expected` is the gain at which the tracks are mixed, 0 where silence is meant: a track
        that is still rising is measured as if it had risen.
        """
        level = np.sqrt(np.mean(np.square(music), dtype=np.float64)) if len(music) else 0.0
        if expected <= 0 or level >= expected * amplitude(QUIET):
            self.begin_anew()
            return
        self._since = start if self._since is None else self._since
        # What is rendered counts, not the clock, which runs on while a device is lost.
        self._quiet += end - start
        if self._quiet >= PATIENCE and not self._told:
            self._told = True
            self._report(DeadAir(self._since))

    def begin_anew(self) -> None:
        """Something has changed: silence counts from the next block on."""
        self._since, self._quiet, self._told = None, 0.0, False
