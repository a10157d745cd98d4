"""The porch: so many callers may stand at the door, and no more, before a word is said."""

import socket
from collections import Counter
from typing import Any, Final

from kacenv.access.patience import origin_of
from kacenv.api.rate import Rate

MOST: Final = 160
"""Connections at once; files and sockets of the session must never run out."""
MOST_OF_ONE: Final = 32
"""Connections at once from one address; a browser has at most six."""
_SILENCE: Final = 20_000
"""Milliseconds until a peer that takes no bytes any more is given up (tcp(7))."""
_AT_ONCE_OF_ONE, _AT_ONCE_OF_ALL = 64, 256
"""New connections that may come at once; then 20 a second from one address, 100 in all."""
_ACCEPTED_AT_ONCE = 64


class Porch(socket.socket):
    """A listening socket that closes those who are too many, as soon as it has accepted them.

    asyncio counts a TLS connection only after its handshake; here it counts from its first packet.
    """

    def __init__(self, listener: socket.socket) -> None:
        super().__init__(fileno=listener.detach())
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENCE)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._here: Counter[str] = Counter()
        self._each, self._all = Rate(_AT_ONCE_OF_ONE, 20.0), Rate(_AT_ONCE_OF_ALL, 100.0)

    def accept(self) -> tuple[socket.socket, Any]:
        """The next caller who may stay.

        Raises:
            BlockingIOError: There is none now.
        """
        for _ in range(_ACCEPTED_AT_ONCE):
            caller, address = super().accept()
            origin = origin_of(str(address[0]))
            if self._may_stay(origin):
                return _Caller(caller, self, origin), address
            caller.close()
        raise BlockingIOError

    def _may_stay(self, origin: str) -> bool:
        room = self._here.total() < MOST and self._here[origin] < MOST_OF_ONE
        if not room or not self._each.allows(origin) or not self._all.allows(""):
            return False
        self._here[origin] += 1
        return True

    def left(self, origin: str) -> None:
        """One of the callers from there has gone."""
        self._here[origin] -= 1
        if self._here[origin] <= 0:
            del self._here[origin]


class _Caller(socket.socket):
    """A connection that says when it is over."""

    def __init__(self, line: socket.socket, porch: Porch, origin: str) -> None:
        super().__init__(fileno=line.detach())
        self._porch: Porch | None = porch
        self._origin = origin

    def close(self) -> None:
        """Close it, and make room."""
        super().close()
        if self._porch is not None:
            self._porch.left(self._origin)
            self._porch = None
