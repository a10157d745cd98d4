"""Priority queue of lamp updates, limited by a token bucket."""

import heapq
from collections.abc import Iterator
from typing import NamedTuple

from kacenv.core.units import Seconds

BURST = Seconds(0.2)
"""Capacity of the token bucket, as seconds of its rate: a small room's lamps start together."""


class _Entry(NamedTuple):
    """Queue entry; of entries due together the darkest comes first, as its steps show most."""

    at: Seconds
    level: float
    number: int
    name: str


class TokenBucket:
    """Token bucket: `rate` messages a second, with a burst of `BURST` seconds."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._most = max(1.0, rate * BURST)
        self._left = self._most
        self._since = Seconds(0.0)

    def spend(self, messages: int, now: Seconds) -> None:
        """Take tokens for sent messages; the debt is capped at one second of the rate.

        Urgent messages are counted, too, whether tokens are left or not.
        """
        self._left = max(self._at(now) - messages, -self._rate)
        self._since = now

    def free_at(self, now: Seconds) -> Seconds:
        """Return the earliest time at which a message may be sent, `now` or later."""
        lacking = 1.0 - self._at(now)
        return Seconds(now + max(0.0, lacking / self._rate))

    def _at(self, now: Seconds) -> float:
        return min(self._most, self._left + self._rate * (now - self._since))


class LampScheduler:
    """Lamps by name, each with the time of its next update.

    A lamp that has to wait for a token keeps its time, and so its place in the queue. Urgent lamps
    come before all others and wait for no token.
    """

    def __init__(self, bucket: TokenBucket) -> None:
        self._bucket = bucket
        self._number = 0
        self._current: dict[str, int] = {}
        self._urgent: list[_Entry] = []
        self._usual: list[_Entry] = []

    def schedule(self, name: str, at: Seconds | None, *, level: float = 0.0, urgent: bool) -> None:
        """Schedule a lamp's next update in place of the one before; None removes it."""
        self._number += 1
        self._current[name] = self._number
        if at is not None:
            entry = _Entry(at, level, self._number, name)
            heapq.heappush(self._urgent if urgent else self._usual, entry)

    def next_due(self, now: Seconds) -> Seconds | None:
        """Return the time of the next update, not before a token is available."""
        urgent, usual = self._first(self._urgent), self._first(self._usual)
        times = [urgent.at] if urgent else []
        if usual:
            free = self._bucket.free_at(now)
            times.append(usual.at if free <= now else Seconds(max(usual.at, free)))
        return min(times, default=None)

    def due(self, now: Seconds) -> Iterator[str]:
        """Yield the lamps that are due, one by one, while tokens last.

        Report each one's messages with `messages_sent` before asking for the next.
        """
        while (name := self._take(self._urgent, now)) is not None:
            yield name
        while self._bucket.free_at(now) <= now:
            name = self._take(self._usual, now)
            if name is None:
                return
            yield name

    def messages_sent(self, messages: int, now: Seconds) -> None:
        """Take tokens for the messages of the lamp yielded last."""
        if messages:
            self._bucket.spend(messages, now)

    def _take(self, entries: list[_Entry], now: Seconds) -> str | None:
        first = self._first(entries)
        if first is None or first.at > now:
            return None
        heapq.heappop(entries)
        return first.name

    def _first(self, entries: list[_Entry]) -> _Entry | None:
        """Drop outdated entries; return the first valid one."""
        while entries and self._current[entries[0].name] != entries[0].number:
            heapq.heappop(entries)
        return entries[0] if entries else None
