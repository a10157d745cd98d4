"""The gain of one voice: the crossfade it came with, and every one that takes it away."""

import math
from dataclasses import dataclass, replace

from kacenv.audio.swell import Swell
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
        if time >= self.end:
            return 1.0
        passed = max(0.0, (time - self._start) / (self.end - self._start))
        return self._begun + (1.0 - self._begun) * passed

    def rise_at(self, time: float) -> float:
        """The gain at `time` of whoever comes, from 0 to 1."""
        return math.sin(math.pi / 2 * self.share_at(time))

    def fall_at(self, time: float) -> float:
        """The gain at `time` of all others, from 1 to 0."""
        return math.cos(math.pi / 2 * self.share_at(time))

    def hasten(self, now: Seconds, end: Seconds) -> None:
        """Arrive at `end` instead of later, beginning `now`; no sooner than in `SHORTEST`."""
        end = Seconds(max(end, now + SHORTEST, self._start + SHORTEST))
        if end < self.end:
            self._begun = self.share_at(now)
            self._start, self.end = Seconds(max(now, self._start)), end


class Arriving(Crossing):
    """The way out of silence, where nobody goes."""

    def __init__(self, start: Seconds, duration: Seconds) -> None:
        super().__init__(start, duration)
        self._swell = Swell(0.0, 1.0, start, Seconds(self.end - start))

    def rise_at(self, time: float) -> float:
        """The gain at `time`, softly out of silence and then as in any crossfade."""
        return math.sin(math.pi / 2 * self._swell.value_at(time))


class Leaving(Crossing):
    """The way into silence, where nobody comes; it is heard at once."""

    def __init__(self, start: Seconds, duration: Seconds) -> None:
        super().__init__(start, duration)
        self._swell = Swell(1.0, 0.0, duration=Seconds(self.end - start))

    def fall_at(self, time: float) -> float:
        """The gain at `time`, softly into silence however late it was hastened."""
        return self._swell.value_at(self.share_at(time) * self._swell.duration)


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
        falls = (fall.fall_at(time) for fall in self.falls)
        return math.prod(falls, start=self.rise.rise_at(time))

    @property
    def departure(self) -> Crossing | None:
        """The crossfade that will have taken this voice away first; None while it stays."""
        return min(self.falls, key=lambda fall: fall.end, default=None)

    @property
    def silent_from(self) -> Seconds | None:
        """When the earliest fall is complete; None while nothing asks for silence."""
        departure = self.departure
        return departure.end if departure else None
