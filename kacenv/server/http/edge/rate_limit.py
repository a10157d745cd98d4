"""Limits on how often a client may ask: a token bucket, and the backoff of wrong guesses.

The package `limits` has neither: it counts in windows of the wall clock, and starts a thread.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final, TypeVar

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds
from kacenv.model.requests import LightsUp, Press, Stop

T = TypeVar("T")
_MOST: Final = 4096
"""Number of clients remembered."""
PRESSES_AT_ONCE = 50
"""Burst of presses; no hand is as quick."""
PRESSES_PER_SECOND = 5.0
"""Sustained presses a second: each is journaled, and replayed after a crash."""


def origin_of(address: str) -> str:
    """Return the unit that is limited: an IPv4 address, or an IPv6 /64 network."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(IPv6Address(int(known) >> 64 << 64))
    return str(known)


def _remember(table: dict[str, T], key: str, value: T) -> None:
    """Make an entry the newest one, and forget the oldest of too many."""
    table.pop(key, None)
    table[key] = value
    while len(table) > _MOST:
        del table[next(iter(table))]


class RateLimiter:
    """Token bucket for each key: bursts of `at_once`, refilled at `per_second`."""

    def __init__(
        self, at_once: int, per_second: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._full, self._per_second, self._now = float(at_once), per_second, now
        self._left: dict[str, tuple[float, float]] = {}

    def allows(self, key: str) -> bool:
        """Return True, and take a token, if one more is allowed."""
        now = self._now()
        left, since = self._left.get(key, (self._full, now))
        left = min(self._full, left + self._per_second * (now - since))
        allowed = left >= 1.0
        _remember(self._left, key, (left - 1.0 if allowed else left, now))
        return allowed


class PressLimiter:
    """Limit on each client's presses, and one more each on lights-up and stop.

    So neither another client nor another key can use up those two. Clients are told apart by
    address; all on the Unix socket count as one.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = RateLimiter(PRESSES_AT_ONCE, PRESSES_PER_SECOND, now)

    def check(self, client: str, press: Press) -> None:
        """Count a press.

        Raises:
            RefusedError: The limit is exceeded.
        """
        key = press.kind if isinstance(press, LightsUp | Stop) else "any"
        if not self._rate.allows(f"{key} {client}"):
            raise RefusedError(
                "Too many presses at once; only the first were followed. Wait a moment, and press "
                "once."
            )


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
    """Backoff of wrong guesses, by address and in all; a rate can't tell a slip from a search."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._guesses: dict[str, tuple[int, float]] = {}

    def count_guess(self, address: str) -> Seconds:
        """Count a guess before it is checked, so that concurrent ones count too.

        Returns the time until the address may guess again; if it isn't 0, the guess isn't counted,
        and mustn't be checked.
        """
        origin = origin_of(address)
        wait = max(self._left(origin, ONE), self._left("", ALL))
        if wait > 0.0:
            return Seconds(wait)
        self._count(origin, ONE)
        self._count("", ALL)
        return Seconds(0.0)

    def forgive(self, address: str) -> None:
        """Discount the last guess: it was right."""
        self._guesses.pop(origin_of(address), None)
        count, at = self._guesses.get("", (0, 0.0))
        self._guesses[""] = (max(0, count - 1), at)

    def _left(self, key: str, policy: BackoffPolicy) -> float:
        count, at = self._guesses.get(key, (0, 0.0))
        return at + policy.wait(count) - self._now() if count else 0.0

    def _count(self, key: str, policy: BackoffPolicy) -> None:
        count, at = self._guesses.get(key, (0, 0.0))
        now = self._now()
        fresh = count if now - at < policy.memory else 0
        _remember(self._guesses, key, (fresh + 1, now))
