"""Process of a room's daemon, as its supervisor sees it: its own fork, or an orphan."""

import gc
import logging
import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from kacenv.server.watchdog import PIPE

SUPERVISOR: Final = "KACENV_SUPERVISOR"
"""Environment variable with the supervisor's process id and a pidfd of it, for its daemon."""
ORPHAN: Final = "KACENV_ORPHAN"
"""Environment variable for a new supervisor, with the daemon's process id and three descriptors:
a pidfd of it, the pipe of its heartbeats, and a pipe that tells it that it is watched again.
"""
LEFT: Final = b"0"
"""Last word of a daemon that has left as it was told to."""
ENDING: Final = (signal.SIGTERM, signal.SIGINT)
"""Signals that tell a process to leave."""
REFUSED: Final = 1
"""Exit code of a daemon that fails."""
_log = logging.getLogger(__name__)


class DaemonProcess:
    """Daemon that is watched: `ended` (pidfd) is readable once it is over.

    `heartbeats` is the pipe from it. Only a fork of this process leaves its exit code here.
    """

    def __init__(self, pid: int, ended: int, heartbeats: int, *, is_fork: bool) -> None:
        self.ended, self.heartbeats = ended, heartbeats
        self._pid, self._is_fork, self._has_left = pid, is_fork, False

    def hear(self) -> bool:
        """Return True if there were heartbeats, and forget them."""
        if not select.select([self.heartbeats], [], [], 0)[0]:
            return False
        heard = os.read(self.heartbeats, 4096)
        self._has_left = self._has_left or LEFT in heard
        return bool(heard)

    def ask_to_leave(self) -> None:
        """Send SIGTERM to the daemon, if it is still there."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.ended, signal.SIGTERM)

    def end(self) -> int | None:
        """Kill the daemon's process group; return its exit code, or None if nobody knows it."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)
        try:
            if self._is_fork:
                return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
            select.select([self.ended], [], [])
            self.hear()
            return 0 if self._has_left else None
        finally:
            os.close(self.heartbeats)
            os.close(self.ended)


def fork_daemon(run_daemon: Callable[[], int]) -> DaemonProcess:
    """Run a daemon in a fork of this process.

    Raises:
        OSError: The system grants no process.
    """
    heartbeats, sent = os.pipe()
    try:
        child = _fork(run_daemon, sent)
    except OSError:
        os.close(heartbeats)
        raise
    finally:
        os.close(sent)
    return DaemonProcess(child, os.pidfd_open(child), heartbeats, is_fork=True)


def adopt_daemon() -> DaemonProcess | None:
    """Return the daemon that has started this process to watch it; None if none has."""
    given = os.environ.pop(ORPHAN, "")
    if not given:
        return None
    pid, ended, heartbeats, watched = (int(number) for number in given.split(","))
    for handle in (ended, heartbeats, watched):
        os.set_inheritable(handle, False)
    with suppress(BrokenPipeError):
        os.write(watched, b".")
    os.close(watched)
    return DaemonProcess(pid, ended, heartbeats, is_fork=False)


def _fork(run_daemon: Callable[[], int], heartbeats: int) -> int:
    """Run a daemon in a fork, which gets the pipe for heartbeats and a pidfd of the supervisor."""
    parent = os.getpid()
    supervisor = os.pidfd_open(parent)

    def life() -> int:
        os.environ[PIPE], os.environ[SUPERVISOR] = str(heartbeats), f"{parent},{supervisor}"
        return run_daemon()

    try:
        return fork(life)
    finally:
        os.close(supervisor)


def fork(run: Callable[[], int]) -> int:
    """Run a program in a fork of this process, which exits with its result; return its process id.

    It gets a process group of its own, so that the terminal's Ctrl-C doesn't reach it. Modules
    imported by now needn't be imported again, so it starts at once. Signals wait until it heeds
    them, as the supervisor's handlers would swallow them there.

    Raises:
        OSError: The system grants no process.
    """
    gc.freeze()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    child = -1
    try:
        child = os.fork()
    finally:
        if child:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if child:
        return child
    code = REFUSED
    try:
        os.setpgid(0, 0)
        for number in ENDING:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        code = run()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    except BaseException:  # noqa: BLE001 - nothing may unwind into the supervisor's copy
        _log.exception("a process of the room failed")
    finally:
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
