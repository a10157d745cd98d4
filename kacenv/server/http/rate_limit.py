"""Rate limiter: a token bucket per key."""

import time
from collections.abc import Callable

_MOST = 1024
"""Number of keys remembered."""


class RateLimiter:
    """Token bucket for each key: bursts of `at_once`, refilled at `per_second`."""

    def __init__(
        self, at_once: int, per_second: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._full, self._per_second, self._now = float(at_once), per_second, now
        self._left: dict[str, tuple[float, float]] = {}

    def allows(self, place: str) -> bool:
        """Return True, and take a token, if one more is allowed."""
        now = self._now()
        left, since = self._left.pop(place, (self._full, now))
        left = min(self._full, left + self._per_second * (now - since))
        allowed = left >= 1.0
        self._left[place] = (left - 1.0 if allowed else left, now)
        while len(self._left) > _MOST:
            del self._left[next(iter(self._left))]
        return allowed
