"""Listening socket that caps open connections, in total and per client, before any data is read."""

import socket
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any, Final

from kacenv.server.http.edge.rate_limit import RateLimiter, origin_of

MOST: Final = 160
"""Most connections; the session must never run out of file descriptors."""
MOST_OF_ONE: Final = 32
"""Most connections from one address; a browser opens at most six."""
_SILENCE: Final = 20_000
"""TCP user timeout in milliseconds: a peer that acknowledges no data is dropped (tcp(7))."""
_AT_ONCE_OF_ONE, _AT_ONCE_OF_ALL = 64, 256
"""Bursts of new connections; the rates are 20 a second from one address, 100 in all."""
_ACCEPTED_AT_ONCE: Final = 64


class ConnectionLimitSocket(socket.socket):
    """Listening socket that closes excess connections as soon as it has accepted them.

    asyncio counts a TLS connection only after its handshake; here it counts from its first packet.
    """

    def __init__(self, listener: socket.socket) -> None:
        super().__init__(fileno=listener.detach())
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENCE)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._open: Counter[str] = Counter()
        self._each = RateLimiter(_AT_ONCE_OF_ONE, 20.0)
        self._all = RateLimiter(_AT_ONCE_OF_ALL, 100.0)

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept the next connection within the limits.

        Raises:
            BlockingIOError: There is none now.
        """
        for _ in range(_ACCEPTED_AT_ONCE):
            connection, address = super().accept()
            origin = origin_of(str(address[0]))
            if self._admits(origin):
                self._open[origin] += 1
                return _CountedConnection(connection, partial(self._release, origin)), address
            connection.close()
        raise BlockingIOError

    def _admits(self, origin: str) -> bool:
        free = self._open.total() < MOST and self._open[origin] < MOST_OF_ONE
        return free and self._each.allows(origin) and self._all.allows("")

    def _release(self, origin: str) -> None:
        self._open[origin] -= 1
        if not self._open[origin]:
            del self._open[origin]


class _CountedConnection(socket.socket):
    """Accepted connection that reports its closing once."""

    def __init__(self, accepted: socket.socket, closed: Callable[[], None]) -> None:
        super().__init__(fileno=accepted.detach())
        self._closed_once = ExitStack()
        self._closed_once.callback(closed)

    def close(self) -> None:
        """Close the connection, and free its slot."""
        super().close()
        self._closed_once.close()
