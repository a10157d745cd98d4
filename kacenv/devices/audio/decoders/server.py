"""Decoder server: a small process without threads that forks a decoder for each order.

What decoders need is loaded here once; libVLC itself starts only in a decoder.
"""

import gc
import logging
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import Final, NoReturn

from kacenv.core.errors import DeviceError
from kacenv.devices.audio.decks.libvlc import library
from kacenv.devices.audio.decoders.decoder import DecodeOrder, decode
from kacenv.system.allocator import use_one_arena
from kacenv.system.processes import name_process

ROLE: Final = "decoders"
LONGEST: Final = 1 << 16
"""Most bytes of a message."""
_NO_CRASH: Final = (signal.SIGKILL, signal.SIGTERM)
_log = logging.getLogger(__name__)


def serve(line: socket.socket) -> None:
    """Fork a decoder for each order from `line`, until its other end is closed.

    Each is answered with the decoder's process id and a pidfd, or with the reason for a refusal.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a terminal's: the room still fades out
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    name_process("kacenv: decoder server", "kacenv-decoders")
    use_one_arena()
    with suppress(DeviceError):
        library()
    gc.collect()
    gc.freeze()
    _ServerLoop(line).run()


def thread_count() -> int:
    """Return the number of this process's threads, those of libraries included."""
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - quick


class _ServerLoop:
    """Loop over orders and over the ends of decoders."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._running: dict[int, str] = {}

    def run(self) -> None:
        """Follow orders until the room closes the line, and end what still runs then."""
        watch = select.poll()
        watch.register(self._line, select.POLLIN)
        while True:
            for handle, _ in watch.poll():
                if handle in self._running:
                    watch.unregister(handle)
                    self._bury(handle)
                elif not self._follow(watch):
                    return

    def _follow(self, watch: select.poll) -> bool:
        """Follow an order; return False if there are no more."""
        message, handles, _, _ = socket.recv_fds(self._line, LONGEST, 2)
        if not message:
            self._kill_all()
            return False
        order = DecodeOrder.unpacked(message)
        try:
            pid, ended = self._fork(order, *handles)
        except OSError as error:
            self._line.send(str(error.strerror).encode())
            return True
        finally:
            for handle in handles:
                os.close(handle)
        self._running[ended] = order.path
        watch.register(ended, select.POLLIN)
        socket.send_fds(self._line, [b"%d" % pid], [ended])
        return True

    def _fork(self, order: DecodeOrder, memory: int, pipe: int) -> tuple[int, int]:
        assert thread_count() == 1, "a process with threads is ill forked"  # noqa: S101
        pid = os.fork()
        if pid == 0:
            self._become(order, memory, pipe)
        return pid, os.pidfd_open(pid)

    def _become(self, order: DecodeOrder, memory: int, pipe: int) -> NoReturn:
        code = 1
        try:
            self._line.close()
            decode(order, memory, pipe)
            code = 0
        except BaseException:  # noqa: BLE001 - nothing may unwind into the server's copy
            _log.exception("a decoder failed over %s", order.path)
        finally:
            os._exit(code)

    def _bury(self, ended: int) -> None:
        """Wait for a decoder that has ended, and log a crash."""
        path = self._running.pop(ended)
        how = os.waitid(os.P_PIDFD, ended, os.WEXITED)
        os.close(ended)
        if how is not None and how.si_status not in (0, *_NO_CRASH):
            _log.warning("a decoder ended (%d) over %s", how.si_status, path)

    def _kill_all(self) -> None:
        for ended in self._running:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(ended, signal.SIGKILL)


def command(line: int) -> list[str]:
    """Return the command of a server that is no fork; `line` is its end of the line."""
    return [sys.executable, "-I", "-m", __name__, str(line)]


def main(words: list[str]) -> None:
    """Serve the line with this descriptor."""
    with socket.socket(fileno=int(words[0])) as line:
        serve(line)


if __name__ == "__main__":
    main(sys.argv[1:])
