"""A link that is cut after the room has taken a press and before its answer has come back."""

import socket
import threading
from contextlib import suppress
from typing import Self

_CHUNK = 65536


class CutLink:
    """Forwards a port of its own to `target`; `cut` loses the next answers to presses.

    What follows is one connection's: the press goes through, and when the room has answered it the
    connection is closed without a word of that. `seen` has the head of every press.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.seen: list[str] = []
        self.cuts = 0
        self._guard = threading.Lock()
        self._lines: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        """Open the link."""
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        """Close it, with all that goes through it."""
        self._listener.shutdown(socket.SHUT_RDWR)
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for line in (self._listener, *self._lines):
            line.close()

    def cut(self, answers: int) -> None:
        """Lose the answers to so many presses that come next."""
        self.cuts = answers

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._lines += [near, far]
                losing = threading.Event()
                for carry in (self._there, self._back):
                    thread = threading.Thread(target=carry, args=(near, far, losing))
                    self._threads.append(thread)
                    thread.start()

    def _there(self, near: socket.socket, far: socket.socket, losing: threading.Event) -> None:
        with suppress(OSError):
            while data := near.recv(_CHUNK):
                if data.startswith(b"POST /v1/requests"):
                    self._count(data, losing)
                far.sendall(data)
        with suppress(OSError):
            far.shutdown(socket.SHUT_RDWR)

    def _count(self, head: bytes, losing: threading.Event) -> None:
        with self._guard:
            self.seen.append(head.decode("latin-1"))
            if self.cuts:
                self.cuts -= 1
                losing.set()

    def _back(self, near: socket.socket, far: socket.socket, losing: threading.Event) -> None:
        with suppress(OSError):
            while data := far.recv(_CHUNK):
                if losing.is_set():
                    break
                near.sendall(data)
        with suppress(OSError):
            near.shutdown(socket.SHUT_RDWR)
