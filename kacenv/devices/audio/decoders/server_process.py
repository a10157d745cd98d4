"""Decoder server as the room sees it: it starts decoders, and is started again if it ends."""

import logging
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, NamedTuple

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.audio.decoders import server
from kacenv.devices.audio.decoders.decoder import DecodeOrder
from kacenv.devices.audio.decoders.shared_ring import RingHandles
from kacenv.system.processes import has_ended

ANSWER_TIMEOUT: Final = Seconds(5.0)
"""Time after which a server that doesn't answer is replaced."""
_START_TIMEOUT: Final = Seconds(30.0)
"""The same for the first answer of a new program, which has to load its libraries."""
_NO_PROCESS: Final = "no decoder can be started for it ({}); is the machine short of memory?"
_ENVIRONMENT: Final = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
_Begun = tuple[int, Callable[[], object]]
"""Process id of a server, and what waits for its end."""
_log = logging.getLogger(__name__)


class DecoderProcess(NamedTuple):
    """Decoder that was started: `ended` (pidfd) is readable once it is over."""

    pid: int
    ended: int

    def kill(self) -> None:
        """Kill it, if it still runs."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.ended, signal.SIGKILL)


class ServerProcess:
    """Decoder server of this process; methods may be called from any thread.

    The first one is a fork if this process has no other thread yet: it shares what is loaded, and
    starts at once. A server that ends is replaced by a new program; its decoders decode on.
    """

    def __init__(
        self,
        command: Callable[[int], Sequence[str]] = server.command,
        answer_timeout: Seconds = ANSWER_TIMEOUT,
    ) -> None:
        """With `command`, a new program is that; it gets the number of its end of the line."""
        self._guard = threading.Lock()
        self._answer_timeout, self._spawn = answer_timeout, partial(_spawn, command)
        self._closed = False
        self._begin(_fork if server.thread_count() == 1 else self._spawn)
        self.ended = os.pidfd_open(self.pid)
        """Pidfd of the server, readable once it has ended; another one after `revive`."""

    def start(self, order: DecodeOrder, handles: RingHandles) -> DecoderProcess:
        """Start a decoder.

        Raises:
            DeviceError: The system grants no process.
        """
        with self._guard:
            try:
                return self._asked(order, handles)
            except OSError:
                _log.warning("the decoder server doesn't answer; it is started again")
            try:
                self._replace()
                return self._asked(order, handles)
            except OSError as error:
                raise DeviceError(_NO_PROCESS.format(error.strerror or error)) from error

    def revive(self) -> bool:
        """Start the server again if it has ended, so that the next decoder starts at once.

        Return True if it had to be tried.
        """
        with self._guard:
            if self._closed or not has_ended(self.ended):
                return False
            _log.warning("the decoder server has ended; it is started again")
            with suppress(OSError):
                self._replace()
        return True

    def close(self) -> None:
        """End the server, and the decoders that it has started; idempotent."""
        with self._guard:
            if not self._closed:
                self._closed = True
                self._end()
                os.close(self.ended)

    def _asked(self, order: DecodeOrder, handles: RingHandles) -> DecoderProcess:
        if self._closed:
            raise DeviceError("the room is being left")
        socket.send_fds(self._line, [order.packed()], [handles.memory, handles.heard])
        answer, ended, _, _ = socket.recv_fds(self._line, server.LONGEST, 1)
        if not answer:
            raise ConnectionResetError
        self._line.settimeout(self._answer_timeout)
        if not ended:
            raise DeviceError(_NO_PROCESS.format(answer.decode()))
        return DecoderProcess(int(answer), ended[0])

    def _replace(self) -> None:
        """Start another server; an order that the old one hasn't answered is never followed.

        Raises:
            OSError: The system grants no process.
        """
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.ended, signal.SIGKILL)
        self._end()
        self._begin(self._spawn)
        before, self.ended = self.ended, os.pidfd_open(self.pid)
        os.close(before)

    def _begin(self, begin: Callable[[socket.socket, socket.socket], _Begun]) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.settimeout(_START_TIMEOUT)
        with theirs:
            self.pid, self._wait = begin(self._line, theirs)

    def _end(self) -> None:
        """Close the line, at whose end the server leaves, and wait for that."""
        self._line.close()
        with suppress(ChildProcessError):
            self._wait()


def _fork(ours: socket.socket, theirs: socket.socket) -> _Begun:
    """Start a server as a fork of this process."""
    pid = os.fork()
    if pid:
        return pid, partial(os.waitpid, pid, 0)
    try:
        ours.close()
        _close_all_but(theirs.fileno())
        server.serve(theirs)
    except BaseException:  # noqa: BLE001 - nothing may unwind into the room's copy
        _log.exception("the decoder server failed")
    finally:
        os._exit(0)


def _close_all_but(kept: int) -> None:
    """Close what this fork has inherited, which would stay open beyond the room's end."""
    for handle in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208 - numbers, not files
        if handle not in (0, 1, 2, kept):
            with suppress(OSError):
                os.close(handle)


def _spawn(
    command: Callable[[int], Sequence[str]], _ours: socket.socket, theirs: socket.socket
) -> _Begun:
    """Start a server as a new program."""
    child = subprocess.Popen(  # noqa: S603 - our own program
        command(theirs.fileno()),
        stdin=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
        env={**os.environ, **_ENVIRONMENT},
    )
    return child.pid, child.wait
