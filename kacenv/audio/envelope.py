"""The gain of one voice: a rise, and every fall that was asked of it, multiplied."""

import math
from dataclasses import dataclass, replace

from kacenv.fades import Curve, Fade
from kacenv.units import Seconds

SHORTEST = Seconds(0.05)
"""No fade is quicker than this, whatever is asked."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A gain over absolute time.

    Where one voice rises by sin while all others fall by cos, the power of all is
    p·cos² + sin². It stays 1 whenever p is 1, so also when a crossfade is interrupted.
    """

    rise: Fade
    falls: tuple[Fade, ...] = ()

    @classmethod
    def rising(cls, start: Seconds, duration: Seconds) -> "Envelope":
        """From silence to full in `duration` seconds from `start`."""
        return cls(Fade(0.0, 1.0, start, Seconds(max(duration, SHORTEST)), Curve.POWER_IN))

    def falling(self, start: Seconds, duration: Seconds) -> "Envelope":
        """This gain, which from `start` also falls to silence in `duration` seconds."""
        fall = Fade(1.0, 0.0, start, Seconds(max(duration, SHORTEST)), Curve.POWER_OUT)
        return replace(self, falls=(*self.falls, fall))

    def gain_at(self, time: float) -> float:
        """The gain at `time`, from 0 to 1."""
        return math.prod((fall.value_at(time) for fall in self.falls), start=self._risen(time))

    @property
    def silent_from(self) -> Seconds | None:
        """When the earliest fall is complete; None while nothing asks for silence."""
        return min((fall.end for fall in self.falls), default=None)

    def _risen(self, time: float) -> float:
        return self.rise.value_at(time)
