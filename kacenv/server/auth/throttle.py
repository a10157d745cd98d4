"""Throttling of wrong guesses by exponential backoff, per address and in all."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

from kacenv.core.units import Seconds
from kacenv.server.auth.http_error import HttpError

_MOST = 4096
"""Number of addresses remembered."""


def origin_of(address: str) -> str:
    """Return the unit that is throttled: an IPv4 address, or an IPv6 /64 network."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(IPv6Address(int(known) >> 64 << 64))
    return str(known)


@dataclass(frozen=True, slots=True)
class BackoffPolicy:
    """Backoff policy: `free` guesses, then a wait of `first`, doubled each time up to `longest`.

    Guesses are forgotten after the time `memory` without one.
    """

    free: int
    first: Seconds
    longest: Seconds
    memory: Seconds

    def wait(self, guesses: int) -> Seconds:
        """Return the wait after a number of wrong guesses."""
        if guesses < self.free:
            return Seconds(0.0)
        return Seconds(min(self.longest, self.first * 2.0 ** min(30, guesses - self.free)))


ONE: Final = BackoffPolicy(4, Seconds(5.0), Seconds(900.0), Seconds(3600.0))
"""For each address: a few typing errors, then at last four guesses an hour."""
ALL: Final = BackoffPolicy(30, Seconds(2.0), Seconds(60.0), Seconds(1800.0))
"""For all together: in the long run at most a guess a minute, however many addresses guess."""


class LoginThrottle:
    """Counts wrong guesses, by address and in all."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._guesses: dict[str, tuple[int, float]] = {}

    def record_failure(self, address: str) -> None:
        """Count a guess before it is checked, so that concurrent ones count too.

        Raises:
            Refusal: The guess comes too early, and isn't checked.
        """
        own = origin_of(address)
        wait = max(self._left(own, ONE), self._left("", ALL))
        if wait > 0.0:
            words = f"Too many wrong tries. Wait {_spoken(wait)}, then try again."
            raise HttpError(429, words, Seconds(wait))
        self._count(own, ONE)
        self._count("", ALL)

    def record_success(self, address: str) -> None:
        """Discount the last guess: it was right."""
        self._guesses.pop(origin_of(address), None)
        count, at = self._guesses.get("", (0, 0.0))
        self._guesses[""] = (max(0, count - 1), at)

    def _left(self, key: str, manner: BackoffPolicy) -> float:
        count, at = self._guesses.get(key, (0, 0.0))
        return at + manner.wait(count) - self._now() if count else 0.0

    def _count(self, key: str, manner: BackoffPolicy) -> None:
        count, at = self._guesses.pop(key, (0, 0.0))
        now = self._now()
        fresh = count if now - at < manner.memory else 0
        self._guesses[key] = (fresh + 1, now)
        while len(self._guesses) > _MOST:
            oldest = next(iter(self._guesses))
            del self._guesses[oldest]


def _spoken(wait: float) -> str:
    seconds = max(1, round(wait + 0.5))
    return f"{seconds} s" if seconds < 90 else f"{round(seconds / 60 + 0.5)} min"
