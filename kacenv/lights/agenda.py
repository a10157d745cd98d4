"""Who is next: the lamps in the order of their moments, at a rate that the broker bears."""

import heapq
from collections.abc import Iterator
from typing import NamedTuple

from kacenv.units import Seconds

BURST = Seconds(0.2)
"""The broker takes what this long allows in one go, so that a small room's lamps set out as one."""


class _Entry(NamedTuple):
    """A lamp's moment; of one moment's lamps the darkest first, where a step shows the most."""

    at: Seconds
    level: float
    number: int
    name: str


class Budget:
    """Messages that may be sent now: `rate` a second, and a small burst after a rest."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._most = max(1.0, rate * BURST)
        self._left = self._most
        self._since = Seconds(0.0)

    def spend(self, messages: int, now: Seconds) -> None:
        """Messages were sent; the budget may fall below nothing, but not for longer than a second.

        What lights-up sends is spent, too, however little is left.
        """
        self._left = max(self._at(now) - messages, -self._rate)
        self._since = now

    def free_at(self, now: Seconds) -> Seconds:
        """When the next message may be sent: now or later."""
        lacking = 1.0 - self._at(now)
        return Seconds(now + max(0.0, lacking / self._rate))

    def _at(self, now: Seconds) -> float:
        return min(self._most, self._left + self._rate * (now - self._since))


class Agenda:
    """Lamps by name, each with the moment at which it next needs a look.

    A lamp that had to wait for the budget keeps its moment, and so its place: nobody is passed
    over. Urgent lamps come before all others, and wait for no budget.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._number = 0
        self._current: dict[str, int] = {}
        self._urgent: list[_Entry] = []
        self._usual: list[_Entry] = []

    def put(self, name: str, at: Seconds | None, *, level: float = 0.0, urgent: bool) -> None:
        """Note a lamp's moment in place of the one before; None for a lamp that needs nothing."""
        self._number += 1
        self._current[name] = self._number
        if at is not None:
            entry = _Entry(at, level, self._number, name)
            heapq.heappush(self._urgent if urgent else self._usual, entry)

    def next_due(self, now: Seconds) -> Seconds | None:
        """When somebody next needs a look, and may be told something."""
        urgent, usual = self._first(self._urgent), self._first(self._usual)
        times = [urgent.at] if urgent else []
        if usual:
            free = self._budget.free_at(now)
            times.append(usual.at if free <= now else Seconds(max(usual.at, free)))
        return min(times, default=None)

    def due(self, now: Seconds) -> Iterator[str]:
        """The lamps whose moment has come, one by one, while the budget lasts.

        Say what each one cost with `spent` before asking for the next.
        """
        while (name := self._take(self._urgent, now)) is not None:
            yield name
        while self._budget.free_at(now) <= now:
            name = self._take(self._usual, now)
            if name is None:
                return
            yield name

    def spent(self, messages: int, now: Seconds) -> None:
        """Messages were sent."""
        if messages:
            self._budget.spend(messages, now)

    def _take(self, entries: list[_Entry], now: Seconds) -> str | None:
        first = self._first(entries)
        if first is None or first.at > now:
            return None
        heapq.heappop(entries)
        return first.name

    def _first(self, entries: list[_Entry]) -> _Entry | None:
        """The next entry that still counts."""
        while entries and self._current[entries[0].name] != entries[0].number:
            heapq.heappop(entries)
        return entries[0] if entries else None
