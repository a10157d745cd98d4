"""The supervisor: keeps a room's daemon alive, at once and without systemd."""

import logging
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from kacenv.heart import PIPE
from kacenv.units import Seconds

SILENCE = Seconds(6.0)
"""A daemon whose heart is not heard for this long is stuck, and is replaced."""
BEGINNING = Seconds(60.0)
"""A daemon may take this long until its heart is first heard."""
PARTING = Seconds(10.0)
"""A daemon that was told to leave may take this long, fading out."""
BREATH = Seconds(2.0)
"""Daemons begin no closer together than this; those that won't begin, ever further apart."""
_LONGEST_BREATH = Seconds(30.0)
_REFUSED = 1
_log = logging.getLogger(__name__)


class Supervisor:
    """Runs `command` until it is told to end (SIGTERM, SIGINT), and again whenever it dies.

    A daemon that refuses to begin the first time says why, and ends the supervisor too. A
    terminal that is closed, or a line that drops, ends neither. If the supervisor itself is
    killed the room goes on, with nobody to start it again; systemd then starts both anew.
    """

    def __init__(
        self,
        command: Sequence[str],
        silence: Seconds = SILENCE,
        beginning: Seconds = BEGINNING,
        breath: Seconds = BREATH,
        parting: Seconds = PARTING,
    ) -> None:
        self._command = list(command)
        self._silence, self._beginning = silence, beginning
        self._breath, self._parting = breath, parting
        self._leave = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._leaving = False

    def run(self) -> int:
        """The exit code: 0 after being told to end, else that of a daemon that won't begin.

        A daemon that ends by itself without an error ends the supervisor with 0, too.
        """
        with _heeding(self._told_to_leave):
            try:
                return self._keep_alive()
            finally:
                os.close(self._leave)

    def _keep_alive(self) -> int:
        ever, failures = False, 0
        while not self._leaving:
            since = time.monotonic()
            begun, code = self._watch_one()
            if self._leaving or code == 0:
                break
            ever = ever or begun
            if not ever:
                return code if code > 0 else _REFUSED
            failures = 0 if begun else failures + 1
            _log.warning("the room's daemon ended (%s); it is started again", _ending(code))
            self._rest(since, failures)
        return 0

    def _rest(self, since: float, failures: int) -> None:
        """Wait until the next daemon may begin, or somebody wants to leave."""
        wait = self._breath - (time.monotonic() - since)
        if failures:
            wait = min(self._breath * 2.0 ** min(failures - 1, 9), _LONGEST_BREATH)
        select.select([self._leave], [], [], max(0.0, wait))

    def _watch_one(self) -> tuple[bool, int]:
        """Start a daemon and wait for its end: whether its heart was heard, and its exit code."""
        heard, beats = os.pipe()
        try:
            child = self._started(beats)
        except OSError as error:
            os.close(heard)
            _log.error("the room's daemon can't be started: %s", error.strerror)
            return False, _REFUSED
        finally:
            os.close(beats)
        try:
            begun = self._listen(child, heard)
        finally:
            _sweep(child)
            os.close(heard)
            code = child.wait()
        return begun, code

    def _started(self, beats: int) -> subprocess.Popen[bytes]:
        """The daemon, in a process group of its own, so that Ctrl-C comes from us alone."""
        return subprocess.Popen(  # noqa: S603 - our own program
            self._command,
            pass_fds=(beats,),
            env={**os.environ, PIPE: str(beats)},
            process_group=0,
        )

    def _listen(self, child: subprocess.Popen[bytes], heard: int) -> bool:
        """Until the daemon is gone, whether its heart was heard; one that is stuck is killed."""
        begun, waiting = False, [heard, self._leave]
        gone = os.pidfd_open(child.pid)
        try:
            while ready := select.select([gone, *waiting], [], [], self._patience(begun))[0]:
                if gone in ready:
                    return begun or _heard_a_beat(heard)
                if self._leave in ready:
                    child.terminate()
                    waiting = []
                elif _heard_a_beat(heard):
                    begun = True
                else:
                    waiting.remove(heard)
        finally:
            os.close(gone)
        _log.error("the room's daemon is stuck; it is ended")
        return begun

    def _patience(self, begun: bool) -> float:
        if self._leaving:
            return self._parting
        return self._silence if begun else self._beginning

    def _told_to_leave(self, _number: int, _frame: FrameType | None) -> None:
        self._leaving = True
        os.eventfd_write(self._leave, 1)


@contextmanager
def _heeding(told: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Hear SIGTERM and SIGINT, and let a closed terminal be."""
    before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
    before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _heard_a_beat(heard: int) -> bool:
    """Whether the pipe holds a beat; all beats in it count as one."""
    return bool(select.select([heard], [], [], 0)[0]) and bool(os.read(heard, 4096))


def _sweep(child: subprocess.Popen[bytes]) -> None:
    """End what a daemon has started and left behind, and itself if it is still there."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
