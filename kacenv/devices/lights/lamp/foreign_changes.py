"""Changes of a lamp that somebody else goes on making: another controller, or an effect."""

from collections import deque

from kacenv.core.units import Seconds

WITHIN = Seconds(60.0)
"""Time (s) within which changes belong together."""
CHANGES = 6
"""Number of changes that are more than a hand's."""
SHORTEST = Seconds(8.0)
"""Least time (s) from the first to the last of them: a hand at a dimmer is quicker."""


class ForeignChanges:
    """Counts the changes by others; no clock, no I/O."""

    def __init__(self) -> None:
        self._times: deque[Seconds] = deque()
        self._told: Seconds | None = None

    def note(self, now: Seconds) -> bool:
        """Note a change by others; tell if it makes them too many, once until they have ended."""
        if self._told is not None and now > self._told + WITHIN:
            self._told = None
        self._times.append(now)
        while self._times[0] < now - WITHIN:
            self._times.popleft()
        many = len(self._times) >= CHANGES and self.span >= SHORTEST
        told, self._told = self._told, now if many else self._told
        return many and told is None

    @property
    def count(self) -> int:
        """Return the number of changes."""
        return len(self._times)

    @property
    def span(self) -> Seconds:
        """Return the time (s) from the first to the last change."""
        return Seconds(self._times[-1] - self._times[0]) if self._times else Seconds(0.0)
