"""Gain of one track: the crossfade that starts it, and those that end it."""

import math
from dataclasses import dataclass, replace

from kacenv.core.units import Seconds
from kacenv.devices.audio.mixing.silence_fade import SilenceFade

SHORTEST = Seconds(0.05)
"""Least duration of a fade (s)."""


class CrossfadeCurve:
    """Equal-power crossfade, linear in angle; can be shortened while it runs.

    The new track rises by sin and all others fall by cos of one angle, so that p·cos² + sin² stays
    1 whenever the power p of the others is 1: when crossfades interrupt each other, and however
    often they are shortened.
    """

    def __init__(self, start: Seconds, duration: Seconds) -> None:
        self._begun = 0.0
        self._start = start
        self.end = Seconds(start + max(duration, SHORTEST))

    def share_at(self, time: float) -> float:
        """Return the completed share at `time`, 0 to 1."""
        if time >= self.end:
            return 1.0
        passed = max(0.0, (time - self._start) / (self.end - self._start))
        return self._begun + (1.0 - self._begun) * passed

    def rise_at(self, time: float) -> float:
        """Return the new track's gain at `time`, 0 to 1."""
        return math.sin(math.pi / 2 * self.share_at(time))

    def fall_at(self, time: float) -> float:
        """Return the gain of all others at `time`, 1 to 0."""
        return math.cos(math.pi / 2 * self.share_at(time))

    def shorten(self, now: Seconds, end: Seconds) -> None:
        """Shorten the crossfade from `now` to end at `end`, but not within `SHORTEST`."""
        end = Seconds(max(end, now + SHORTEST, self._start + SHORTEST))
        if end < self.end:
            self._begun = self.share_at(now)
            self._start, self.end = Seconds(max(now, self._start)), end


class FadeInCurve(CrossfadeCurve):
    """Fade-in from silence, without a track before."""

    def __init__(self, start: Seconds, duration: Seconds) -> None:
        super().__init__(start, duration)
        self._swell = SilenceFade(0.0, 1.0, start, Seconds(self.end - start))

    def rise_at(self, time: float) -> float:
        """Return the gain at `time`: gentle from silence, then as in any crossfade."""
        return math.sin(math.pi / 2 * self._swell.value_at(time))


class FadeOutCurve(CrossfadeCurve):
    """Fade-out to silence, without a track after; audible at once."""

    def __init__(self, start: Seconds, duration: Seconds) -> None:
        super().__init__(start, duration)
        self._swell = SilenceFade(1.0, 0.0, duration=Seconds(self.end - start))

    def fall_at(self, time: float) -> float:
        """Return the gain at `time`: gentle into silence, however late it was shortened."""
        return self._swell.value_at(self.share_at(time) * self._swell.duration)


@dataclass(frozen=True, slots=True)
class GainEnvelope:
    """Gain over absolute time of a track that starts with `rise` and ends with `falls`."""

    rise: CrossfadeCurve
    falls: tuple[CrossfadeCurve, ...] = ()

    def with_fade_out(self, crossing: CrossfadeCurve) -> "GainEnvelope":
        """Return this envelope with one more fade-out."""
        return replace(self, falls=(*self.falls, crossing))

    def gain_at(self, time: float) -> float:
        """Return the gain at `time`, 0 to 1."""
        falls = (fall.fall_at(time) for fall in self.falls)
        return math.prod(falls, start=self.rise.rise_at(time))

    def is_full(self, start: Seconds) -> bool:
        """Tell if the gain is 1 from `start` on."""
        return not self.falls and self.rise.share_at(start) == 1.0

    @property
    def first_fade_out(self) -> CrossfadeCurve | None:
        """Return the crossfade that ends this track first; None without one."""
        return min(self.falls, key=lambda fall: fall.end, default=None)

    @property
    def silent_from(self) -> Seconds | None:
        """Return the end of the earliest fade-out; None without one."""
        departure = self.first_fade_out
        return departure.end if departure else None
