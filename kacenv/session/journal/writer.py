"""Journal writer: written at once, synced to disk within a second, never blocking the session."""

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.model.dropout import Dropout
from kacenv.model.requests import Request
from kacenv.session.journal.line_codec import JournalLine, write_line
from kacenv.session.lateness import LatenessHistogram
from kacenv.system.timestamps import Timestamp, current_timestamp

SYNC_EVERY = Seconds(0.4)
"""Interval of syncs (seconds); with a slow disk's latency, a power cut loses less than a second."""
_UNSAFE = (
    "The session can't be written down ({}). It goes on, but could not be resumed after a "
    "power cut. Make room on the disk, or have the folder {} writable; kacenv keeps trying."
)
_log = logging.getLogger(__name__)


class Journal:
    """Writes one session after another to the file `path`.

    Lines that can't be written stay in memory, and are retried with the next record. No call waits
    for the disk: each line is written to the page cache at once, so that it survives the process,
    and a thread calls fdatasync, so that it survives the machine. Only one thread may write.
    `on_end` is called when a session's file has been renamed, and must be quick.
    """

    def __init__(self, path: Path, now: Callable[[], Timestamp] = current_timestamp) -> None:
        self.path = path
        self._now = now
        self.on_end: Callable[[], None] = lambda: None
        self._file: int | None = None
        self._mode = 0
        self._begun = False
        self._number = 0
        self._unwritten = bytearray()
        self._faults: dict[str, str] = {}
        self._guard = threading.Lock()
        self._dirty = threading.Event()
        self._closing = threading.Event()
        self._syncing = threading.Thread(target=self._keep_safe, name="journal", daemon=True)
        self._syncing.start()

    @property
    def note(self) -> str | None:
        """Message for staff while records aren't safe, with the remedy; None otherwise."""
        fault = next(iter(list(self._faults.values())), None)
        return _UNSAFE.format(fault, self.path.parent) if fault else None

    def begin(self, at: Seconds, base: State, request: Request, request_id: str = "") -> None:
        """Begin a session in the state `base`, and truncate the file."""
        self._let_go()
        self._begun, self._number, self._mode = True, 1, os.O_TRUNC
        # Written twice: without this line no other can be interpreted.
        line = JournalLine(0, at, self._now(), request, base, request_id=request_id)
        self._write(write_line(line) * 2)

    def go_on(self, number: int) -> None:
        """Continue the existing file at record `number`; its last line may be torn."""
        self._let_go()
        self._begun, self._number, self._mode = True, number, 0
        self._write(b"\n")

    def add(self, at: Seconds, request: Request, request_id: str = "", refused: str = "") -> None:
        """Write a request of the session, and why it was refused; nothing without a session."""
        if self._begun:
            now, number = self._now(), self._number
            line = JournalLine(number, at, now, request, request_id=request_id, refused=refused)
            self._write(write_line(line))
            self._number += 1

    def tell(self, at: Seconds, text: str) -> None:
        """Write a staff message; nothing without a session."""
        if self._begun:
            self._write(write_line(JournalLine(self._number - 1, at, self._now(), told=text)))

    def dropout(self, at: Seconds, dropout: Dropout) -> None:
        """Write a gap in the sound; nothing without a session."""
        if self._begun:
            self._write(write_line(JournalLine(self._number - 1, at, self._now(), dropout=dropout)))

    def beat(self, at: Seconds, tally: LatenessHistogram | None = None) -> None:
        """Write a heartbeat, and what couldn't be written before."""
        if self._begun:
            line = write_line(JournalLine(self._number - 1, at, self._now(), tally=tally))
            self._write(b"" if self._unwritten and tally is None else line)

    def end(self, at: Seconds, tally: LatenessHistogram | None = None) -> None:
        """Write the session's end, and rename the file to `.last` until the next session ends."""
        if not self._begun:
            return
        line = JournalLine(self._number - 1, at, self._now(), ended=True, tally=tally)
        self._write(write_line(line))
        self._begun = False
        self._let_go()
        try:
            self.path.replace(self.path.with_suffix(".last"))
        except OSError as error:
            _log.warning("the ended session's journal could not be put aside: %s", error)
        self.on_end()

    def close(self) -> None:
        """Sync the file and close it; may be called twice."""
        self._closing.set()
        self._dirty.set()
        self._syncing.join()
        self._let_go()

    def _write(self, line: bytes) -> None:
        self._unwritten += line
        try:
            if self._file is None:
                self._file = self._opened()
            while self._unwritten:
                done = os.write(self._file, self._unwritten)
                del self._unwritten[:done]
            self._faults.pop("write", None)
        except OSError as error:
            self._be_unsafe("write", error)
        self._dirty.set()

    def _opened(self) -> int:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | self._mode
        return os.open(self.path, flags, 0o600)

    def _let_go(self) -> None:
        with self._guard:
            if self._file is not None:
                os.close(self._file)
            self._file = None
        self._unwritten.clear()
        self._faults.clear()

    def _keep_safe(self) -> None:
        while not self._closing.is_set():
            self._dirty.wait()
            self._dirty.clear()
            self._sync()
            self._closing.wait(SYNC_EVERY)
        self._sync()

    def _sync(self) -> None:
        """Sync a duplicate of the descriptor, so that a slow disk doesn't hold the lock."""
        with self._guard:
            mine = os.dup(self._file) if self._file is not None else None
        if mine is None:
            return
        try:
            os.fdatasync(mine)
            self._faults.pop("sync", None)
        except OSError as error:
            self._be_unsafe("sync", error)
        finally:
            os.close(mine)

    def _be_unsafe(self, what: str, error: OSError) -> None:
        if what not in self._faults:
            _log.warning("the journal can't be written: %s", error)
        self._faults[what] = error.strerror or str(error)
