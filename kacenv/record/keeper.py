"""The keeper: writes a record of each session that is over, and removes those that are old.

On a thread of its own, so that the music and the next session wait for nothing.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from kacenv.errors import JournalError
from kacenv.journal import read_whole
from kacenv.record.gather import account_of
from kacenv.record.model import SessionRecord
from kacenv.record.shelf import Shelf
from kacenv.room import Room
from kacenv.stamp import Stamp, day_in_words, day_of, stamp
from kacenv.units import Seconds

LOOK_EVERY = Seconds(86_400.0)
"""How often old records are looked for."""
SETTLED = Seconds(30.0)
"""A room that has just come back is left alone for so long."""
_PATIENCE: Final = 5.0
"""Seconds in which a record that is being written comes to its end."""
_log = logging.getLogger(__name__)


def write_record(journal: Path, shelf: Shelf) -> SessionRecord | None:
    """Write the record of the session that `journal` tells of, which is over.

    None where the session's room keeps none. Writing it again gives the same files.

    Raises:
        JournalError: The journal is damaged at its beginning.
        OSError: It can't be read, or the record can't be written.
    """
    room = read_whole(journal).past.base.room
    if not room.records.keep:
        return None
    account = account_of(journal)
    shelf.put(account)
    return account.record


class Keeper:
    """Looks after the records of the room whose journal is `journal`.

    `tell` tells staff, and may be called on any thread.
    """

    def __init__(
        self,
        room: Room,
        journal: Path,
        tell: Callable[[str], None],
        shelf: Shelf | None = None,
        now: Callable[[], Stamp] = stamp,
    ) -> None:
        self._room, self._journal, self._tell, self._now = room, journal, tell, now
        self._shelf = shelf or Shelf()
        self._wake, self._closing = threading.Event(), threading.Event()
        self._told: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="records", daemon=True)
        self._rest = Seconds(0.0)

    def start(self, rest: Seconds = Seconds(0.0)) -> None:
        """Begin, with what earlier sessions may have left; only after `rest`."""
        self._rest = rest
        self._thread.start()

    def ended(self) -> None:
        """A session has just ended."""
        self._wake.set()

    def close(self) -> None:
        """End; a record that isn't written by then is written at the next start."""
        self._closing.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(_PATIENCE)

    def give_up(self) -> None:
        """Put a journal aside whose session is not carried on, so that nothing overwrites it."""
        try:
            self._claim(self._journal)
        except (JournalError, OSError) as error:
            _log.warning("no record can be made of the session before: %s", error)

    def _run(self) -> None:
        self._wake.wait(self._rest)
        while not self._closing.is_set():
            self._wake.clear()
            self.look()
            self._wake.wait(LOOK_EVERY)

    def look(self) -> None:
        """Write what is to be written, and remove what is old."""
        try:
            self._take_over()
            for path in list(self._waiting()):
                self._write(path)
            self._shelf.expire(self._room.name, self._room.records.keep, day_of(self._now()))
        except Exception:  # noqa: BLE001 - whatever it is, the session goes on
            _log.exception("the records could not be looked after")

    def _waiting(self) -> Iterator[Path]:
        """Journals of sessions that are over, and have no record yet."""
        return self._journal.parent.glob(f"{self._journal.stem}.{'[0-9a-f]' * 8}.last")

    def _take_over(self) -> None:
        """Take the journal of the session that ended last; a damaged one is told of once."""
        last = self._journal.with_suffix(".last")
        try:
            self._claim(last)
        except JournalError as error:
            self._fail(error)
            last.replace(last.with_suffix(".damaged"))
        except OSError as error:
            self._fail(error)

    def _claim(self, path: Path) -> None:
        """Give an ended session's journal a name of its own, which the next one leaves alone."""
        with suppress(FileNotFoundError):
            run = read_whole(path).run
            path.replace(self._journal.with_suffix(f".{run}.last"))

    def _write(self, path: Path) -> None:
        """Write one record; its journal is kept until that is done."""
        try:
            record = write_record(path, self._shelf)
            path.unlink()
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are written
            self._fail(error)
            return
        self._told.clear()
        if record is not None:
            until = day_in_words(record.kept_until)
            self._tell(f"The session's record is kept until {until}. To read it: kacenv record")

    def _fail(self, error: Exception) -> None:
        """Say once why there is no record."""
        _log.warning("a session's record can't be written: %s", error, exc_info=error)
        if isinstance(error, OSError):
            why = (error.strerror or str(error)).lower()
            text = (
                f"The session's record can't be written yet ({why}). Make room on the disk, or have"
                f" {self._shelf.folder} writable; it is tried again after the next session."
            )
        elif isinstance(error, JournalError):
            text = "The session's record can't be written: its journal is damaged."
        else:
            text = "The session's record can't be written; its journal is kept, the log says more."
        if text not in self._told:
            self._told.add(text)
            self._tell(text)
