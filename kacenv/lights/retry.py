"""When to try again to reach a broker: soon enough for the room, seldom enough for the broker."""

from collections.abc import Callable
from random import uniform

from kacenv.units import Seconds

FIRST = (0.1, 0.4)
"""Seconds; by chance, so that the clinic's rooms don't all come at once."""
LATER = (0.5, 1.2)
"""Then, for as long as it takes: a room knocks at most twice a second, once on average."""
LASTED = Seconds(10.0)
"""A connection that was shorter counts as one more failure: a broker that flaps isn't pestered."""
REFUSED = (5.0, 10.0)
"""A broker that has said no isn't pestered."""


class Retry:
    """How long to wait before each attempt; `chance` picks from a range (s)."""

    def __init__(self, chance: Callable[[float, float], float] = uniform) -> None:
        self._chance = chance
        self._failed = False
        self._since: Seconds | None = None

    def connected(self, now: Seconds) -> None:
        """It worked, at `now` on a clock of the caller's."""
        self._since = now

    def failed(self, now: Seconds) -> Seconds:
        """It was lost or couldn't be reached; how long to wait now."""
        if self._since is not None and now - self._since >= LASTED:
            self._failed = False
        span = LATER if self._failed else FIRST
        self._failed, self._since = True, None
        return self._pick(span)

    def refused(self) -> Seconds:
        """It said no; how long to wait now."""
        return self._pick(REFUSED)

    def _pick(self, span: tuple[float, float]) -> Seconds:
        return Seconds(self._chance(*span))
