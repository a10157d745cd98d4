"""Silence detector: reports dead air where music is expected."""

from collections.abc import Callable

from kacenv.analysis import silence_gaps
from kacenv.core.units import Decibels, Seconds, amplitude
from kacenv.devices.audio.mixing.meters import PART, SoundEnergy
from kacenv.devices.audio.samples import RATE
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

    def look(self, music: SoundEnergy, expected: float, start: Seconds) -> None:
        """Check the music that is heard from `start` on.

        `expected` is the gain at which the tracks are mixed, 0 for intended silence; the threshold
        scales with it, so a track that is still fading in isn't reported.
        """
        least = (expected * amplitude(QUIET)) ** 2
        for part, (energy, frames) in enumerate(music.parts):
            if expected <= 0 or energy >= least * frames:
                self.begin_anew()
            else:
                self._be_quiet(Seconds(start + part * PART / RATE), frames)

    def _be_quiet(self, start: Seconds, frames: int) -> None:
        self._since = start if self._since is None else self._since
        # Counted in rendered time, as the clock runs on while a device is lost.
        self._quiet += frames / RATE
        if self._quiet >= PATIENCE and not self._told:
            self._told = True
            self._report(DeadAir(self._since))

    def begin_anew(self) -> None:
        """Restart the measurement with the next block."""
        self._since, self._quiet, self._told = None, 0.0, False
