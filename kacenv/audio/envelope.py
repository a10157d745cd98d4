"""The gain of one voice: the crossfade it came with, and every one that takes it away."""

import math
from dataclasses import dataclass, replace

from kacenv.units import Seconds

SHORTEST = Seconds(0.05)
"""No fade is quicker than this, whatever is asked."""


class Crossing:
    """The way from what sounds to what comes, evenly in time; it can be hastened.

    Whoever comes rises by sin and all others fall by cos of one angle, so that
    p·cos² + sin² stays 1 whenever the power p of the others is 1: when crossfades interrupt
    each other, and however often they are hastened.
    """

    def __init__(self, start: Seconds, duration: Seconds) -> None:
        self._begun = 0.0
        self._start = start
        self.end = Seconds(start + max(duration, SHORTEST))

    def share_at(self, time: float) -> float:
        """How much of the way is done at `time`, from 0 to 1."""
        return self._even_at(time)

    def _even_at(self, time: float) -> float:
        if time >= self.end:
            return 1.0
        passed = max(0.0, (time - self._start) / (self.end - self._start))
        return self._begun + (1.0 - self._begun) * passed

    def hasten(self, now: Seconds, end: Seconds) -> None:
        """Arrive at `end` instead of later, beginning `now`; no sooner than in `SHORTEST`."""
        end = Seconds(max(end, now + SHORTEST, self._start + SHORTEST))
        if end < self.end:
            self._begun = self._even_at(now)
            self._start, self.end = Seconds(max(now, self._start)), end


class Leaving(Crossing):
    """The way into silence, where nobody comes: even in amplitude, so that it is heard at once."""

    def share_at(self, time: float) -> float:
        """How much of the way is done at `time`, such that cos falls in a straight line."""
        return math.acos(1.0 - self._even_at(time)) * 2 / math.pi


@dataclass(frozen=True, slots=True)
class Envelope:
    """A gain over absolute time, for a voice that came with `rise` and leaves with `falls`."""

    rise: Crossing
    falls: tuple[Crossing, ...] = ()

    def falling(self, crossing: Crossing) -> "Envelope":
        """This gain, which `crossing` also takes to silence."""
        return replace(self, falls=(*self.falls, crossing))

    def gain_at(self, time: float) -> float:
        """The gain at `time`, from 0 to 1."""
        rise = math.sin(math.pi / 2 * self.rise.share_at(time))
        falls = (math.cos(math.pi / 2 * fall.share_at(time)) for fall in self.falls)
        return math.prod(falls, start=rise)

    @property
    def departure(self) -> Crossing | None:
        """The crossfade that will have taken this voice away first; None while it stays."""
        return min(self.falls, key=lambda fall: fall.end, default=None)

    @property
    def silent_from(self) -> Seconds | None:
        """When the earliest fall is complete; None while nothing asks for silence."""
        departure = self.departure
        return departure.end if departure else None
