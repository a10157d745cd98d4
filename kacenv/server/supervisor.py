"""Supervisor: restarts a room's daemon at once, without systemd."""

import gc
import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

from kacenv.core.units import Seconds
from kacenv.server.watchdog import PIPE

HEARTBEAT_TIMEOUT = Seconds(6.0)
"""Time without a watchdog notification after which a daemon is killed and replaced."""
START_TIMEOUT = Seconds(150.0)
"""Time limit of a daemon's first notification."""
SHUTDOWN_TIMEOUT = Seconds(10.0)
"""Time limit of a daemon's shutdown, with its fade-out."""
RESTART_DELAY = Seconds(2.0)
"""Least time between two starts; after failed starts it grows."""
_LONGEST_RESTART_DELAY = Seconds(30.0)
_REFUSED = 1
_ATTEMPTS = 3
"""Most starts of the first daemon if it is killed before it is ready.

The track that it resumes may be the cause.
"""
_ENDING: Final = (signal.SIGTERM, signal.SIGINT)
_log = logging.getLogger(__name__)


def _fork(run_daemon: Callable[[], int], heartbeats: int) -> int:
    """Run a daemon in a fork of this process, which exits with its result; return its process id.

    It gets the pipe for heartbeats, and a process group of its own, so that the terminal's Ctrl-C
    doesn't reach it. Modules imported by now needn't be imported again, so it starts at once.
    Signals wait until it heeds them, as the supervisor's handlers would swallow them there.
    """
    gc.freeze()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    child = -1
    try:
        child = os.fork()
    finally:
        if child:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if child:
        return child
    code = _REFUSED
    try:
        os.setpgid(0, 0)
        for number in _ENDING:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.environ[PIPE] = str(heartbeats)
        code = run_daemon()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    except BaseException:  # noqa: BLE001 - nothing may unwind into the supervisor's copy
        _log.exception("the room's daemon failed")
    finally:
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


class Supervisor:
    """Runs a daemon in a fork until SIGTERM or SIGINT, and restarts it whenever it dies.

    If the first daemon fails with an error code, the supervisor ends with it. A closed terminal
    (SIGHUP) ends neither. If the supervisor itself is killed the room goes on without it; systemd
    then restarts both.
    """

    def __init__(
        self,
        run_daemon: Callable[[], int],
        heartbeat_timeout: Seconds = HEARTBEAT_TIMEOUT,
        start_timeout: Seconds = START_TIMEOUT,
        restart_delay: Seconds = RESTART_DELAY,
        shutdown_timeout: Seconds = SHUTDOWN_TIMEOUT,
    ) -> None:
        self._run_daemon = run_daemon
        self._heartbeat_timeout, self._start_timeout = heartbeat_timeout, start_timeout
        self._restart_delay, self._shutdown_timeout = restart_delay, shutdown_timeout
        self._stop = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._stopping = False

    def run(self) -> int:
        """Run until told to end; return 0, or the exit code of a daemon that doesn't start.

        A daemon that ends by itself without an error ends the supervisor with 0, too.
        """
        with _handling_signals(self._handle_signal):
            try:
                return self._keep_alive()
            finally:
                os.close(self._stop)

    def _keep_alive(self) -> int:
        ever_ready, failures = False, 0
        while not self._stopping:
            since = time.monotonic()
            ready, code = self._watch_one()
            if self._stopping or code == 0:
                break
            ever_ready = ever_ready or ready
            failures = 0 if ready else failures + 1
            if not ever_ready and (code > 0 or failures >= _ATTEMPTS):
                return code if code > 0 else _REFUSED
            _log.warning("the room's daemon ended (%s); it is started again", _exit_reason(code))
            self._wait_to_restart(since, failures)
        return 0

    def _wait_to_restart(self, since: float, failures: int) -> None:
        """Wait until the next start is allowed, or the supervisor is told to end."""
        wait = self._restart_delay - (time.monotonic() - since)
        if failures:
            wait = min(self._restart_delay * 2.0 ** min(failures - 1, 9), _LONGEST_RESTART_DELAY)
        select.select([self._stop], [], [], max(0.0, wait))

    def _watch_one(self) -> tuple[bool, int]:
        """Start a daemon and wait for its end; return if it was ready, and its exit code."""
        heartbeats, sent = os.pipe()
        try:
            child = _fork(self._run_daemon, sent)
        except OSError as error:
            os.close(heartbeats)
            _log.error("the room's daemon can't be started: %s", error.strerror)
            return False, _REFUSED
        finally:
            os.close(sent)
        try:
            ready = self._listen(child, heartbeats)
        finally:
            _kill_group(child)
            os.close(heartbeats)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return ready, code

    def _listen(self, child: int, heartbeats: int) -> bool:
        """Wait for the daemon's end, and return True if it was ready; kill it if it hangs."""
        ready, waiting = False, [heartbeats, self._stop]
        ended = os.pidfd_open(child)
        try:
            while readable := select.select([ended, *waiting], [], [], self._timeout(ready))[0]:
                if ended in readable:
                    return ready or _read_heartbeat(heartbeats)
                if self._stop in readable:
                    os.kill(child, signal.SIGTERM)
                    waiting = []
                elif _read_heartbeat(heartbeats):
                    ready = True
                else:
                    waiting.remove(heartbeats)
        finally:
            os.close(ended)
        _log.error("the room's daemon is stuck; it is ended")
        return ready

    def _timeout(self, ready: bool) -> float:
        if self._stopping:
            return self._shutdown_timeout
        return self._heartbeat_timeout if ready else self._start_timeout

    def _handle_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        os.eventfd_write(self._stop, 1)


@contextmanager
def _handling_signals(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Handle SIGTERM and SIGINT, and ignore SIGHUP."""
    before = {number: signal.signal(number, handler) for number in _ENDING}
    before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


def _read_heartbeat(heartbeats: int) -> bool:
    """Return True if the pipe holds notifications, and empty it."""
    return bool(select.select([heartbeats], [], [], 0)[0]) and bool(os.read(heartbeats, 4096))


def _kill_group(child: int) -> None:
    """Kill the daemon's process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


def _exit_reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
