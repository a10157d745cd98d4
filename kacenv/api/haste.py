"""Haste: how many presses a surface may make, so that a stuck one can't drown the session."""

import time
from collections.abc import Callable

from kacenv.api.rate import Rate
from kacenv.errors import RefusedError
from kacenv.requests import LightsUp, Press, Stop

AT_ONCE = 50
"""Presses that may come at once; no hand is as quick."""
PER_SECOND = 5.0
"""Presses a second that may come for ever: each is written down, and read again after a crash."""
_WORDS = "Too many presses at once; only the first were followed. Wait a moment, and press once."


class Haste:
    """A rate for each surface, and one more each for lights-up and stop.

    So neither another surface nor another key can use up those. Surfaces are told apart by their
    addresses; all on the Unix socket are one.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = Rate(AT_ONCE, PER_SECOND, now)

    def heed(self, surface: str, press: Press) -> None:
        """Count a press.

        Raises:
            RefusedError: It is one too many.
        """
        key = press.kind if isinstance(press, LightsUp | Stop) else "any"
        if not self._rate.allows(f"{key} {surface}"):
            raise RefusedError(_WORDS)
