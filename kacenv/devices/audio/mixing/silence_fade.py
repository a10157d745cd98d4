"""Gain fade to or from silence: linear in dB below the knee, linear in amplitude above."""

import math

from kacenv.core.units import Seconds

FLOOR = 0.01
"""Gain (-40 dB) at which a fade from silence starts, inaudible at music's levels."""
STEEPEST = 40.0
"""Slope (dB per second) below the knee, if the duration allows."""
AMPLE = Seconds(1.5)
"""Duration (s) below which the same form is steeper."""
_PACE = STEEPEST * math.log(10) / 20
_ROUNDS = 50
"""Number of iterations, enough for the knee to converge."""


class SilenceFade:
    """Gain that goes from `origin` to `target` in `duration` seconds from `start`.

    While soft it is linear in dB, above the knee linear in amplitude, with equal slopes at the
    knee; a fade-out is the mirror image. Linear amplitude alone would be steepest just where sound
    comes out of silence; linear dB alone would be heard only long after the request.
    """

    def __init__(
        self,
        origin: float,
        target: float,
        start: Seconds = Seconds(0.0),
        duration: Seconds = Seconds(0.0),
    ) -> None:
        self.origin, self.target = origin, target
        self.start, self.duration = start, duration
        self._low, self._high = sorted((max(origin, FLOOR), max(target, FLOOR)))
        self._pace = _PACE * max(1.0, AMPLE / duration if duration else 0.0)
        self._knee = self._high / self._steepening()
        evenly_in_decibels = math.log(self._knee / self._low) / self._pace
        self._soft = duration if self._knee == self._high else evenly_in_decibels

    def value_at(self, time: float) -> float:
        """Return the gain at `time`: the origin before the start, the target after the end."""
        passed = time - self.start
        if passed >= self.duration or self.origin == self.target:
            return self.target
        if passed <= 0.0:
            return self.origin
        return self._risen(passed if self.target > self.origin else self.duration - passed)

    def toward(self, target: float, start: Seconds, duration: Seconds) -> "SilenceFade":
        """Return a fade to `target` that continues this one without a jump."""
        return SilenceFade(self.value_at(start), target, start, duration)

    def _risen(self, passed: float) -> float:
        """Return the gain after `passed` seconds of a fade-in."""
        if passed <= self._soft:
            return float(self._low * (self._knee / self._low) ** (passed / self._soft))
        share = (passed - self._soft) / (self.duration - self._soft)
        return self._knee + (self._high - self._knee) * share

    def _steepening(self) -> float:
        """Return the ratio z >= 1 of the upper end to the knee.

        From `low` to `high / z` it takes ln(high / low / z) / pace seconds; from there, at the
        slope of pace · high / z, (z - 1) / pace more. The two sum up to the duration where z = ln z
        + 1 + pace · duration - ln(high / low), solved by fixed-point iteration.
        """
        ratio = self._high / self._low
        rest = 1.0 + self._pace * self.duration - math.log(ratio)
        z = max(1.0, rest)
        for _ in range(_ROUNDS):
            z = max(1.0, rest + math.log(z))
        return min(z, ratio)
