"""Rate limit of presses per client, so that a stuck key can't flood the session."""

import time
from collections.abc import Callable

from kacenv.core.errors import RefusedError
from kacenv.model.requests import LightsUp, Press, Stop
from kacenv.server.http.rate_limit import RateLimiter

AT_ONCE = 50
"""Burst of presses; no hand is as quick."""
PER_SECOND = 5.0
"""Sustained presses a second: each is journaled, and replayed after a crash."""
_WORDS = "Too many presses at once; only the first were followed. Wait a moment, and press once."


class PressLimiter:
    """Rate limit for each client, and one more each for lights-up and stop.

    So neither another client nor another key can use up those two. Clients are told apart by
    address; all on the Unix socket count as one.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = RateLimiter(AT_ONCE, PER_SECOND, now)

    def check(self, surface: str, press: Press) -> None:
        """Count a press.

        Raises:
            RefusedError: The limit is exceeded.
        """
        key = press.kind if isinstance(press, LightsUp | Stop) else "any"
        if not self._rate.allows(f"{key} {surface}"):
            raise RefusedError(_WORDS)
