"""Rates: how often something may come from one place, and from all places together."""

import time
from collections.abc import Callable

_MOST = 1024
"""Places that are remembered."""


class Rate:
    """A bucket for each place: `at_once` may come together, `per_second` without end."""

    def __init__(
        self, at_once: int, per_second: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._full, self._per_second, self._now = float(at_once), per_second, now
        self._left: dict[str, tuple[float, float]] = {}

    def allows(self, place: str) -> bool:
        """Whether one more may come; counts it if so."""
        now = self._now()
        left, since = self._left.pop(place, (self._full, now))
        left = min(self._full, left + self._per_second * (now - since))
        allowed = left >= 1.0
        self._left[place] = (left - 1.0 if allowed else left, now)
        while len(self._left) > _MOST:
            del self._left[next(iter(self._left))]
        return allowed
