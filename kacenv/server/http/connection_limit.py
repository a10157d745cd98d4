"""Listening socket that caps open connections, in total and per client, before any data is read."""

import socket
from collections import Counter
from typing import Any, Final

from kacenv.server.auth.throttle import origin_of
from kacenv.server.http.rate_limit import RateLimiter

MOST: Final = 160
"""Most connections; the session must never run out of file descriptors."""
MOST_OF_ONE: Final = 32
"""Most connections from one address; a browser opens at most six."""
_SILENCE: Final = 20_000
"""TCP user timeout in milliseconds: a peer that acknowledges no data is dropped (tcp(7))."""
_AT_ONCE_OF_ONE, _AT_ONCE_OF_ALL = 64, 256
"""Bursts of new connections; the rates are 20 a second from one address, 100 in all."""
_ACCEPTED_AT_ONCE = 64


class ConnectionLimitSocket(socket.socket):
    """Listening socket that closes excess connections as soon as it has accepted them.

    asyncio counts a TLS connection only after its handshake; here it counts from its first packet.
    """

    def __init__(self, listener: socket.socket) -> None:
        super().__init__(fileno=listener.detach())
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENCE)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._here: Counter[str] = Counter()
        self._each, self._all = (
            RateLimiter(_AT_ONCE_OF_ONE, 20.0),
            RateLimiter(_AT_ONCE_OF_ALL, 100.0),
        )

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept the next connection within the limits.

        Raises:
            BlockingIOError: There is none now.
        """
        for _ in range(_ACCEPTED_AT_ONCE):
            caller, address = super().accept()
            origin = origin_of(str(address[0]))
            if self._is_admitted(origin):
                return _CountedConnection(caller, self, origin), address
            caller.close()
        raise BlockingIOError

    def _is_admitted(self, origin: str) -> bool:
        room = self._here.total() < MOST and self._here[origin] < MOST_OF_ONE
        if not room or not self._each.allows(origin) or not self._all.allows(""):
            return False
        self._here[origin] += 1
        return True

    def release(self, origin: str) -> None:
        """Count a closed connection from `origin`."""
        self._here[origin] -= 1
        if self._here[origin] <= 0:
            del self._here[origin]


class _CountedConnection(socket.socket):
    """Accepted connection that reports its closing."""

    def __init__(self, line: socket.socket, porch: ConnectionLimitSocket, origin: str) -> None:
        super().__init__(fileno=line.detach())
        self._porch: ConnectionLimitSocket | None = porch
        self._origin = origin

    def close(self) -> None:
        """Close the connection, and free its slot."""
        super().close()
        if self._porch is not None:
            self._porch.release(self._origin)
            self._porch = None
