"""Record worker: a thread that runs the record writer's process."""

import fcntl
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from kacenv.core.units import Days, Seconds
from kacenv.model.room import Room
from kacenv.session.records.pending_journals import put_aside
from kacenv.session.records.record_writer import FAILED, RecordWriter, WriterMessage, unwritable
from kacenv.session.records.store import RecordStore

LOOK_EVERY = Seconds(86_400.0)
"""Interval of the retention of old records."""
SETTLED = Seconds(30.0)
"""Delay after a resume."""
_TIMEOUT: Final = 5.0
"""Time limit for the process to end on closing (seconds)."""
_log = logging.getLogger(__name__)
# Priority first, imports after. The service may not raise its niceness, but it may choose
# SCHED_IDLE. The OOM score makes the kernel end this process first.
_CODE: Final = """\
import contextlib, os, pathlib
try:
    os.setpriority(os.PRIO_PROCESS, 0, 10)
except OSError:
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
with contextlib.suppress(OSError):
    pathlib.Path("/proc/self/oom_score_adj").write_text("500")
from kacenv.session.records.record_worker import main
main()
"""


def command(journal: Path, keep: Days, store: RecordStore) -> Sequence[str]:
    """Return the command that runs the record writer once; `parse_message` parses its output."""
    return [sys.executable, "-c", _CODE, str(journal), str(keep), str(store.folder)]


def parse_message(line: str) -> WriterMessage:
    """Parse a line of the command's output.

    Raises:
        ValueError: It is malformed.
    """
    text, is_fault = json.loads(line)
    return WriterMessage(str(text), bool(is_fault))


def main() -> None:
    """Run the record writer once, and print its messages for staff as JSON lines."""
    journal, keep, folder = sys.argv[1:]
    writer = RecordWriter(Path(journal), Days(int(keep)), RecordStore(Path(folder)))
    with suppress(FileNotFoundError):
        _wait_for_others(Path(journal).parent)
        for said in writer.write_pending():
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()


def _wait_for_others(folder: Path) -> None:
    """Lock `folder` until this process ends; other rooms' record writers lock it, too."""
    fcntl.flock(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), fcntl.LOCK_EX)


class RecordWorker:
    """Runs the record writer for the room with the journal `journal`.

    A thread waits, and a separate process does the work, so that neither the music nor the next
    session is delayed. `tell` sends a message to staff, and must be thread-safe.
    """

    def __init__(
        self,
        room: Room,
        journal: Path,
        tell: Callable[[str], None],
        store: RecordStore | None = None,
    ) -> None:
        self._journal, self._tell = journal, tell
        self._store = store or RecordStore()
        self._command = command(journal, room.records.keep, self._store)
        self._wake, self._closing = threading.Event(), threading.Event()
        self._told: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="records", daemon=True)
        self._child: subprocess.Popen[str] | None = None
        self._rest = Seconds(0.0)

    def start(self, rest: Seconds = Seconds(0.0)) -> None:
        """Start the thread; it begins with earlier sessions' journals, after `rest`."""
        self._rest = rest
        self._thread.start()

    def ended(self) -> None:
        """Wake the thread, as a session has ended."""
        self._wake.set()

    def close(self) -> None:
        """Stop the thread; a record that isn't written by then is written at the next start."""
        self._closing.set()
        self._wake.set()
        if self._thread.ident is None:
            return
        self._thread.join(_TIMEOUT)
        if self._thread.is_alive() and self._child is not None:
            self._child.kill()
            self._thread.join(_TIMEOUT)

    def put_aside(self, path: Path) -> None:
        """Rename a journal that has no record yet, so that no other session overwrites it."""
        try:
            put_aside(path)
        except OSError as error:
            _log.warning("a session's journal could not be put aside: %s", error)
            self._tell_staff(unwritable(error, self._store))

    def _run(self) -> None:
        self._wake.wait(self._rest)
        while not self._closing.is_set():
            self._wake.clear()
            try:
                self.put_aside(self._journal.with_suffix(".last"))
                self._run_once()
            except Exception:  # noqa: BLE001 - whatever it is, the session goes on
                _log.exception("the records could not be looked after")
            self._wake.wait(LOOK_EVERY)

    def _run_once(self) -> None:
        """Run the record writer once, and pass on its messages."""
        with subprocess.Popen(  # noqa: S603 - our own program
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        ) as self._child:
            assert self._child.stdout is not None  # noqa: S101 - it was asked for
            for line in self._child.stdout:
                self._tell_staff(parse_message(line))
        if self._child.returncode and not self._closing.is_set():
            self._tell_staff(WriterMessage(FAILED))

    def _tell_staff(self, said: WriterMessage) -> None:
        """Send a message to staff; a repeated fault only once until it is over."""
        if not said.is_fault:
            self._told.clear()
        elif said.text in self._told:
            return
        else:
            self._told.add(said.text)
        self._tell(said.text)
