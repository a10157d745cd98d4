"""Reconnect delays for a broker, randomized so that a clinic's rooms don't all connect at once."""

from collections.abc import Callable
from random import uniform

from kacenv.core.units import Seconds

FIRST = (0.1, 0.4)
"""Range (s) of the first delay."""
LATER = (0.5, 1.2)
"""Range (s) of all later delays: at most two attempts a second and room, about one on average."""
LASTED = Seconds(10.0)
"""Least duration (s) of a connection that resets the delays; a shorter one counts as a failure."""
REFUSED = (5.0, 10.0)
"""Range (s) of the delay after the broker has refused the connection."""


class ReconnectBackoff:
    """Randomized reconnect delays; `chance` draws from a range (s)."""

    def __init__(self, chance: Callable[[float, float], float] = uniform) -> None:
        self._chance = chance
        self._failed = False
        self._since: Seconds | None = None

    def connected(self, now: Seconds) -> None:
        """Note a connection at `now`, on any clock that the caller also uses for failures."""
        self._since = now

    def failed(self, now: Seconds) -> Seconds:
        """Note a lost connection or failed attempt; return the delay (s) before the next."""
        if self._since is not None and now - self._since >= LASTED:
            self._failed = False
        span = LATER if self._failed else FIRST
        self._failed, self._since = True, None
        return self._pick(span)

    def refused(self) -> Seconds:
        """Return the delay (s) after a refusal."""
        return self._pick(REFUSED)

    def _pick(self, span: tuple[float, float]) -> Seconds:
        return Seconds(self._chance(*span))
