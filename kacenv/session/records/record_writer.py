"""Record writer: writes a record of each past session, and removes old ones."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from kacenv.core.errors import JournalError, NewerJournalError, RecordError
from kacenv.core.units import Days
from kacenv.session.journal import read_complete
from kacenv.session.records.builder import build_record, kept_for
from kacenv.session.records.pending_journals import count_failure, set_by, waiting
from kacenv.session.records.retention import RetentionPolicy
from kacenv.session.records.session_record import SessionRecord
from kacenv.session.records.store import RecordRef, RecordStore
from kacenv.system.timestamps import Timestamp, current_timestamp, day_in_words, is_synchronised

FAILED = "The session's record can't be written; its journal is kept, the log says more."
_DAMAGED = "The session's record can't be written: its journal is damaged."
_NEWER = (
    "A newer kacenv has written down a session; this one can't write its record. "
    "Its journal is kept until then: install the newer kacenv again."
)
_log = logging.getLogger(__name__)


class WriterMessage(NamedTuple):
    """Message for staff."""

    text: str
    is_fault: bool = True


def write_record(
    journal: Path, store: RecordStore, keep: Days | None = None, now: Timestamp | None = None
) -> SessionRecord | None:
    """Write the record of the past session in `journal`.

    Returns None if no record is kept, by the room's setting then or by `keep` now, or if staff have
    removed the journal meanwhile. Writing again gives the same files. `now` is the present time, to
    allow for a clock that has been set since.

    Raises:
        JournalError: The journal is damaged at its beginning.
        OSError: The journal can't be read, or the record can't be written.
    """
    at = journal.stat().st_mtime
    if not kept_for(read_complete(journal), keep):
        return None
    bundle = build_record(journal, keep, now)
    kept = store.put(bundle, at)
    if not journal.exists():
        store.remove(kept)
        return None
    return bundle.record


def unwritable(error: Exception, store: RecordStore) -> WriterMessage:
    """Return the message for staff on a record that can't be written yet, with the remedy."""
    why = (getattr(error, "strerror", None) or str(error)).lower()
    return WriterMessage(
        f"The session's record can't be written yet ({why}). Make room on the disk, or have"
        f" {store.folder} writable; it is tried again after the next session."
    )


class RecordWriter:
    """Writes and expires the records of the room with the journal `journal`; keeps them for `keep`.

    `is_certain` tells if the wall clock is known to be right.
    """

    def __init__(
        self,
        journal: Path,
        keep: Days,
        store: RecordStore,
        now: Callable[[], Timestamp] = current_timestamp,
        is_certain: Callable[[], bool] = is_synchronised,
    ) -> None:
        self._journal, self._keep, self._store = journal, keep, store
        self._now, self._is_certain = now, is_certain
        self._retention = RetentionPolicy(store, journal.stem, keep)

    def write_pending(self) -> Iterator[WriterMessage]:
        """Write all pending records, and remove old ones except those just written."""
        written: set[RecordRef] = set()
        for path in waiting(self._journal):
            yield from self._write(path, written)
        try:
            self._retention.remove_expired(
                self._now(), is_certain=self._is_certain(), spare=written
            )
        except Exception:  # noqa: BLE001 - whatever it is, it is tried again
            _log.exception("old records could not be removed")

    def _write(self, path: Path, written: set[RecordRef]) -> Iterator[WriterMessage]:
        """Write one record, then remove its journal."""
        try:
            record = self._record(path)
            path.unlink(missing_ok=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are written
            if path.exists():
                yield self._fail(path, error)
            return
        if record is not None:
            written.add(RecordRef(record.room, record.date, record.id))
            until = day_in_words(record.kept_until)
            text = f"The session's record is kept until {until} at the latest. To read it: "
            yield WriterMessage(f"{text}kacenv record", is_fault=False)

    def _record(self, path: Path) -> SessionRecord | None:
        if not self._keep or not path.stat().st_size:
            return None
        return write_record(path, self._store, self._keep, self._now())

    def _fail(self, path: Path, error: Exception) -> WriterMessage:
        """Rename a journal whose record can't be written, and return the message for staff."""
        _log.warning("a session's record can't be written: %s", error, exc_info=error)
        if isinstance(error, OSError | RecordError):
            return unwritable(error, self._store)
        if isinstance(error, NewerJournalError):
            return WriterMessage(_NEWER)
        is_damaged = isinstance(error, JournalError)
        try:
            (set_by if is_damaged else count_failure)(path)
        except OSError:
            _log.exception("its journal could not be put by")
        return WriterMessage(_DAMAGED if is_damaged else FAILED)
