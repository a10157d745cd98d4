"""Supervision of a daemon, as the daemon sees it: its supervisor is replaced if it is killed."""

import logging
import os
import select
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from typing import Final

from kacenv.core.units import Seconds
from kacenv.model.status import ProcessStatus
from kacenv.server.daemon_process import ENDING, LEFT, ORPHAN, SUPERVISOR
from kacenv.server.player_keeper import PlayerLink
from kacenv.server.watchdog import PIPE
from kacenv.system.clock import Clock
from kacenv.system.processes import age_of

RETRY_DELAY = Seconds(2.0)
"""Wait before a second attempt to start a supervisor; it doubles, up to the longest."""
_LONGEST_RETRY_DELAY = Seconds(60.0)
LOST: Final = (
    "What starts this room again after a crash has ended. The room goes on. "
    "kacenv is starting it anew."
)
BACK: Final = "kacenv has mended what starts this room again after a crash. Nothing needs doing."
FAILED: Final = (
    "What starts this room again after a crash has ended and can't be started anew. The room "
    "goes on. kacenv keeps trying. If this is still here after the session, restart the machine."
)
Processes = tuple[tuple[str, int], ...]
"""Role and process id of each."""
_log = logging.getLogger(__name__)


class Supervision:
    """Watches this process's supervisor on a thread; if it ends, `command` starts another.

    Under systemd, which restarts both, and where no supervisor was, none is started.
    """

    def __init__(
        self,
        command: Sequence[str],
        retry_delay: Seconds = RETRY_DELAY,
        player: PlayerLink | None = None,
    ) -> None:
        self.player = player
        self.sound_processes: Callable[[], Processes] = player.processes if player else tuple
        """What returns the processes that make the sound, but for this one."""
        self._listed: Processes = ()
        self._command, self._retry_delay = command, retry_delay
        given = os.environ.pop(SUPERVISOR, "")
        self._supervisor, self._ended = map(int, given.split(",")) if given else (0, -1)
        self._line = int(os.environ.get(PIPE, "-1")) if given else -1
        self._child: subprocess.Popen[bytes] | None = None
        self._events = [os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK) for _ in range(2)]
        self._closing, self._again = self._events
        self._note: str | None = None
        self._processes: tuple[ProcessStatus, ...] = ()
        self._clock: Clock | None = None

    @contextmanager
    def watching(self, clock: Clock, tell: Callable[[str], None]) -> Iterator[None]:
        """Watch the supervisor while open, and tell staff of its end and of the next one."""
        self._clock = clock
        self._list_processes()
        if self._ended < 0 or "NOTIFY_SOCKET" in os.environ:
            yield
            return
        thread = threading.Thread(target=self._watch, args=(tell,), name="supervision", daemon=True)
        thread.start()
        try:
            yield
        finally:
            os.eventfd_write(self._closing, 1)
            thread.join()

    def leave(self) -> None:
        """Tell the supervisor that this process leaves as it was told to."""
        with suppress(OSError):
            os.write(self._line, LEFT)

    def retry(self) -> None:
        """Start a supervisor now, if there is none."""
        if self._note == FAILED:
            os.eventfd_write(self._again, 1)

    def health(self) -> Mapping[str, str | None]:
        """Return the supervisor's trouble by its name; empty where no supervisor was."""
        return {"restart": self._note} if self._supervisor else {}

    def processes(self) -> tuple[ProcessStatus, ...]:
        """Return the room's processes."""
        if self.sound_processes() != self._listed:
            self._list_processes()
        return self._processes

    def _list_processes(self) -> None:
        self._listed = self.sound_processes()
        known = (("room", os.getpid()), *self._listed, ("supervisor", self._supervisor))
        now = self._clock.now() if self._clock else 0.0
        self._processes = tuple(
            ProcessStatus(pid, role, Seconds(now - age))
            for role, pid in known
            if pid and (age := age_of(pid)) is not None
        )

    def _watch(self, tell: Callable[[str], None]) -> None:
        while self._waits_for(self._ended):
            if self._was_told_to_end():
                return
            self._note = LOST
            self._list_processes()
            tell(LOST)
            if not self._replace(tell):
                return
            self._note = None
            self._list_processes()
            tell(BACK)

    def _waits_for(self, handle: int, timeout: float | None = None) -> bool:
        """Wait until `handle` is readable or time is up; return False if the room is closing."""
        return self._closing not in select.select([handle, self._closing], [], [], timeout)[0]

    def _was_told_to_end(self) -> bool:
        """Have the room leave, too, if a signal has ended a supervisor before it could hear it."""
        if self._child is None or -(self._child.poll() or 0) not in ENDING:
            return False
        os.kill(os.getpid(), signal.SIGTERM)
        return True

    def _replace(self, tell: Callable[[str], None]) -> bool:
        """Start supervisors until one watches; return False if the room leaves."""
        for attempt in count():
            if self._start():
                return True
            if self._was_told_to_end() or not self._waits_for(self._again, 0.0):
                return False
            if self._note != FAILED:
                self._note = FAILED
                tell(FAILED)
            delay = min(self._retry_delay * 2.0 ** min(attempt, 9), _LONGEST_RETRY_DELAY)
            self._waits_for(self._again, delay)
            with suppress(BlockingIOError):
                os.eventfd_read(self._again)
        return False

    def _start(self) -> bool:
        """Start a supervisor that adopts this process; return True once it watches."""
        opened: list[int] = []
        try:
            opened += [os.pidfd_open(os.getpid()), *os.pipe(), *os.pipe()]
            me, heartbeats, sent, watched, watches = opened
            self._spawn(me, heartbeats, watches)
            os.set_blocking(sent, False)
            os.dup2(sent, self._line, inheritable=False)
            for used in (heartbeats, sent, watches):
                os.close(used)
                opened.remove(used)
            return self._adopted(watched)
        except OSError as error:
            _log.warning("no supervisor can be started: %s", error)
            return False
        finally:
            for handle in opened:
                os.close(handle)

    def _spawn(self, *handed: int) -> None:
        """Start the command; it gets the descriptors."""
        numbers = ",".join(str(number) for number in (os.getpid(), *handed))
        environment = {**os.environ, ORPHAN: numbers}
        if self.player is not None:
            environment |= self.player.handed()
            handed += tuple(end.fileno() for end in self.player.ends)
        self._child = subprocess.Popen(  # noqa: S603 - our own program
            self._command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=handed,
            env=environment,
        )

    def _adopted(self, watched: int) -> bool:
        """Wait for the new supervisor's first word, and watch it from then on."""
        child = self._child
        assert child is not None  # noqa: S101 - its caller has started it
        if not self._waits_for(watched):
            return False
        if not os.read(watched, 1):
            _log.warning("the new supervisor ended (%s)", child.wait())
            return False
        ended = os.pidfd_open(child.pid)
        os.dup2(ended, self._ended, inheritable=False)
        os.close(ended)
        self._supervisor = child.pid
        return True
