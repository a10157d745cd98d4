"""The board: what staff have been told, newest last."""

import logging
from collections import deque
from collections.abc import Callable

from kacenv.status import Told
from kacenv.units import Seconds

_KEPT = 50
_log = logging.getLogger(__name__)


class Board:
    """Remembers the last things told, and when on the clock `now`. Belongs to one thread."""

    def __init__(self, now: Callable[[], Seconds]) -> None:
        self._now = now
        self._lines: deque[tuple[Seconds, str, bool]] = deque(maxlen=_KEPT)
        self._notes: dict[str, str | None] = {}

    def tell(self, text: str, *, check_in: bool = False) -> None:
        """Tell staff something."""
        _log.info("%s: %s", "check-in" if check_in else "staff told", text)
        self._lines.append((self._now(), text, check_in))

    def tell_once(self, well: str, note: str | None) -> None:
        """Tell staff of trouble when it begins or changes, and that all is `well` afterwards."""
        if note != self._notes.get(well):
            self.tell(note or well)
        self._notes[well] = note

    def lines(self) -> tuple[Told, ...]:
        """Everything that is remembered."""
        now = self._now()
        return tuple(Told(text, now - at, check_in) for at, text, check_in in self._lines)
