"""Supervisor: restarts a room's daemon at once, without systemd."""

import logging
import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from kacenv.core.units import Seconds
from kacenv.server.daemon_process import ENDING, REFUSED, DaemonProcess, fork_daemon
from kacenv.server.player_keeper import PlayerKeeper

HEARTBEAT_TIMEOUT = Seconds(6.0)
"""Time without a watchdog notification after which a daemon is killed and replaced."""
START_TIMEOUT = Seconds(150.0)
"""Time limit of a daemon's first notification."""
SHUTDOWN_TIMEOUT = Seconds(10.0)
"""Time limit of a daemon's shutdown, with its fade-out."""
RESTART_DELAY = Seconds(2.0)
"""Least time between two starts; after failed starts it grows."""
_LONGEST_RESTART_DELAY = Seconds(30.0)
_ATTEMPTS = 3
"""Most starts of the first daemon if it is killed before it is ready.

The track that it resumes may be the cause.
"""
_log = logging.getLogger(__name__)


class Supervisor:
    """Runs a daemon in a fork until SIGTERM or SIGINT, and restarts it whenever it dies.

    If the first daemon fails with an error code, the supervisor ends with it. A closed terminal
    (SIGHUP) ends neither. If the supervisor itself is killed the room goes on without it, and its
    daemon starts another supervisor; systemd restarts both.
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
        self._player: PlayerKeeper | None = None

    def run(
        self,
        adopt: Callable[[], DaemonProcess | None] = lambda: None,
        player: PlayerKeeper | None = None,
    ) -> int:
        """Run until told to end; return 0, or the exit code of a daemon that doesn't start.

        A daemon that ends by itself without an error ends the supervisor with 0, too. `adopt`
        returns a daemon that is ready and lacks a supervisor; it is watched before any is started.
        The `player` is there before the daemon, and ended after it.
        """
        self._player = player
        with _handling_signals(self._handle_signal):
            try:
                if player is not None:
                    player.start()
                return self._keep_alive(adopt())
            finally:
                if player is not None:
                    player.end()
                os.close(self._stop)

    def _keep_alive(self, orphan: DaemonProcess | None) -> int:
        ever_ready, failures = orphan is not None, 0
        while not self._stopping or orphan:
            since = time.monotonic()
            ready, code = self._watch(orphan, ready=True) if orphan else self._watch_new()
            orphan = None
            if self._stopping or code == 0:
                break
            ever_ready = ever_ready or ready
            failures = 0 if ready else failures + 1
            if code is not None and not ever_ready and (code > 0 or failures >= _ATTEMPTS):
                return code if code > 0 else REFUSED
            _log.warning("the room's daemon ended (%s); it is started again", _exit_reason(code))
            self._wait_to_restart(since, failures)
        return 0

    def _wait_to_restart(self, since: float, failures: int) -> None:
        """Wait until the next start is allowed, or the supervisor is told to end."""
        wait = self._restart_delay - (time.monotonic() - since)
        if failures:
            wait = min(self._restart_delay * 2.0 ** min(failures - 1, 9), _LONGEST_RESTART_DELAY)
        self._select([self._stop], max(0.0, wait))

    def _watch_new(self) -> tuple[bool, int | None]:
        """Start a daemon and wait for its end; return if it was ready, and its exit code."""
        try:
            daemon = fork_daemon(self._run_daemon)
        except OSError as error:
            _log.error("the room's daemon can't be started: %s", error.strerror)
            return False, REFUSED
        return self._watch(daemon, ready=False)

    def _watch(self, daemon: DaemonProcess, *, ready: bool) -> tuple[bool, int | None]:
        """Wait for a daemon's end; return if it was ready, and its exit code."""
        try:
            ready = self._listen(daemon, ready=ready)
        finally:
            code = daemon.end()
        return ready, code

    def _listen(self, daemon: DaemonProcess, *, ready: bool) -> bool:
        """Wait for the daemon's end, and return True if it was ready; kill it if it hangs."""
        waiting = [daemon.heartbeats, self._stop]
        while readable := self._select([daemon.ended, *waiting], self._timeout(ready)):
            if daemon.ended in readable:
                return ready or daemon.hear()
            if self._stop in readable:
                daemon.ask_to_leave()
                waiting = []
            elif daemon.hear():
                ready = True
            else:
                waiting.remove(daemon.heartbeats)
        _log.error("the room's daemon is stuck; it is ended")
        return ready

    def _select(self, handles: list[int], timeout: float) -> list[int]:
        """Wait until some of `handles` are readable; replace a player that ends meanwhile."""
        until = time.monotonic() + timeout
        while True:
            player = [self._player.ended] if self._player and self._player.ended >= 0 else []
            left = max(0.0, until - time.monotonic())
            readable = select.select([*handles, *player], [], [], left)[0]
            if self._player and self._player.ended in readable:
                readable.remove(self._player.ended)
                self._player.replace()
            if readable or time.monotonic() >= until:
                return readable

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
    before = {number: signal.signal(number, handler) for number in ENDING}
    before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


def _exit_reason(code: int | None) -> str:
    if code is None:
        return "nobody was there to see how"
    return f"signal {-code}" if code < 0 else f"exit code {code}"
