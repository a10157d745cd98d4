"""Messages that staff were shown, the newest last."""

import logging
from collections import deque
from collections.abc import Callable

from kacenv.core.units import Seconds
from kacenv.model.status import Told

_KEPT = 50
_log = logging.getLogger(__name__)


class StaffMessages:
    """Keeps the latest messages, with their times on the clock `now`. Belongs to one thread.

    `write` gets each message that can't be derived from the plan.
    """

    def __init__(self, now: Callable[[], Seconds], write: Callable[[str], None]) -> None:
        self._now, self._write = now, write
        self._lines: deque[tuple[Seconds, str, bool]] = deque(maxlen=_KEPT)
        self._notes: dict[str, str | None] = {}

    def tell(self, text: str, *, check_in: bool = False, planned: bool = False) -> None:
        """Show a message to staff."""
        _log.info("%s: %s", "check-in" if check_in else "staff told", text)
        self._lines.append((self._now(), text, check_in))
        if not (check_in or planned):
            self._write(text)

    def tell_once(self, well: str, note: str | None) -> None:
        """Show `note` when it appears or changes, and the message `well` when it is gone."""
        if note != self._notes.get(well):
            self.tell(note or well)
        self._notes[well] = note

    def lines(self, now: Seconds) -> tuple[Told, ...]:
        """Return all kept messages, with their age."""
        return tuple(Told(text, now - at, check_in) for at, text, check_in in self._lines)
