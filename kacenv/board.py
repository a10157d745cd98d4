"""The board: what staff have been told, newest last."""

import logging
from collections import deque
from collections.abc import Callable

from kacenv.status import Told
from kacenv.units import Seconds

_KEPT = 50
_log = logging.getLogger(__name__)


class Board:
    """Remembers the last things told, and when on the clock `now`. Belongs to one thread.

    `write` hears of all that the plan alone doesn't tell.
    """

    def __init__(self, now: Callable[[], Seconds], write: Callable[[str], None]) -> None:
        self._now, self._write = now, write
        self._lines: deque[tuple[Seconds, str, bool]] = deque(maxlen=_KEPT)
        self._notes: dict[str, str | None] = {}

    def tell(self, text: str, *, check_in: bool = False, planned: bool = False) -> None:
        """Tell staff something."""
        _log.info("%s: %s", "check-in" if check_in else "staff told", text)
        self._lines.append((self._now(), text, check_in))
        if not (check_in or planned):
            self._write(text)

    def tell_once(self, well: str, note: str | None) -> None:
        """Tell staff of trouble when it begins or changes, and that all is `well` afterwards."""
        if note != self._notes.get(well):
            self.tell(note or well)
        self._notes[well] = note

    def lines(self, now: Seconds) -> tuple[Told, ...]:
        """Everything that is remembered, as it is `now`."""
        return tuple(Told(text, now - at, check_in) for at, text, check_in in self._lines)
