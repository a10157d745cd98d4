"""Haste: how many presses a surface may make, so that a stuck one can't drown the session."""

import time
from collections.abc import Callable

from kacenv.errors import RefusedError
from kacenv.requests import LightsUp, Press, Stop

AT_ONCE = 50
"""Presses that may come at once; no hand is as quick."""
PER_SECOND = 5.0
"""Presses a second that may come without end; each is written down, and read again after a crash."""
_MOST_SURFACES = 64
_WORDS = "Too many presses at once; only the first were followed. Wait a moment, and press once."


class Haste:
    """A bucket of presses for each surface, and one more each for lights-up and stop.

    So neither another surface nor another key can use up those. Surfaces are told apart by their
    addresses; all on the Unix socket are one.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._left: dict[tuple[str, str], tuple[float, float]] = {}

    def heed(self, surface: str, press: Press) -> None:
        """Count a press.

        Raises:
            RefusedError: It is one too many.
        """
        key = (surface, press.kind if isinstance(press, LightsUp | Stop) else "")
        now = self._now()
        left, since = self._left.pop(key, (float(AT_ONCE), now))
        left = min(float(AT_ONCE), left + PER_SECOND * (now - since))
        self._left[key] = (left - 1.0 if left >= 1.0 else left, now)
        while len(self._left) > _MOST_SURFACES:
            del self._left[next(iter(self._left))]
        if left < 1.0:
            raise RefusedError(_WORDS)
