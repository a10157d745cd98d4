"""A way between silence and sound that is heard at once and startles nobody."""

import math

from kacenv.units import Seconds

FLOOR = 0.01
"""The gain (-40 dB) at which what was silent begins; at music's levels nobody hears that."""
STEEPEST = 40.0
"""Soft sound becomes louder or softer no faster than this (dB per second) if there is time."""
AMPLE = Seconds(1.5)
"""A quicker way has the same form, and is steeper."""
_PACE = STEEPEST * math.log(10) / 20
_ROUNDS = 50
"""Enough to find a slope; each brings it nearer."""


class Swell:
    """A gain that goes from `origin` to `target` in `duration` seconds from `start`.

    While it is soft it moves straight in dB, above that straight in amplitude, without a bend
    between the two; where it falls, the other way round. Amplitude alone would be steepest
    just where sound comes out of silence; dB alone would be heard only long after the press.
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
        """The gain at `time`: the origin before the start, the target after the end."""
        passed = time - self.start
        if passed >= self.duration or self.origin == self.target:
            return self.target
        if passed <= 0.0:
            return self.origin
        return self._risen(passed if self.target > self.origin else self.duration - passed)

    def toward(self, target: float, start: Seconds, duration: Seconds) -> "Swell":
        """A swell to `target` that takes over from this one without a jump."""
        return Swell(self.value_at(start), target, start, duration)

    def _risen(self, passed: float) -> float:
        """The gain after `passed` seconds of the way up."""
        if passed <= self._soft:
            return float(self._low * (self._knee / self._low) ** (passed / self._soft))
        share = (passed - self._soft) / (self.duration - self._soft)
        return self._knee + (self._high - self._knee) * share

    def _steepening(self) -> float:
        """How much louder the upper end is than where amplitude begins to move evenly, at z >= 1.

        From `low` to `high / z` it takes ln(high / low / z) / pace seconds; from there, at the
        slope of pace · high / z, (z - 1) / pace more. The two sum up to the duration where
        z = ln z + 1 + pace · duration - ln(high / low).
        """
        ratio = self._high / self._low
        rest = 1.0 + self._pace * self.duration - math.log(ratio)
        z = max(1.0, rest)
        for _ in range(_ROUNDS):
            z = max(1.0, rest + math.log(z))
        return min(z, ratio)
