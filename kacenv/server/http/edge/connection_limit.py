"""Listening socket that caps open connections, in total and per client, before any data is read.

Places are kept for addresses whose device has logged in. Where strangers have taken all of theirs,
the address with most of them gives one up for an address that has fewer.
"""

import socket
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any, Final

from kacenv.server.http.edge.rate_limit import RateLimiter, origin_of

MOST: Final = 160
"""Most connections; the session must never run out of file descriptors."""
MOST_OF_STRANGERS: Final = 96
"""Most connections from addresses from which nobody has logged in yet."""
MOST_OF_ONE: Final = 32
"""Most connections from one address; a browser opens at most six."""
_SILENCE: Final = 20_000
"""TCP user timeout in milliseconds: a peer that acknowledges no data is dropped (tcp(7))."""
_AT_ONCE_OF_ONE, _AT_ONCE_OF_ALL = 64, 256
"""Bursts of new connections; the rates are 20 a second from one address, 100 in all."""
_FEW_AT_ONCE: Final = 12
"""Burst of an address that doesn't count among all, so that a flood can't keep a tablet out."""
_MOST_KNOWN: Final = 256
_ACCEPTED_AT_ONCE: Final = 64


class KnownOrigins:
    """Origins from which a device has logged in; the oldest are forgotten."""

    def __init__(self) -> None:
        self._origins: dict[str, None] = {}

    def add(self, address: str) -> None:
        """Remember an address as the newest."""
        origin = origin_of(address)
        self._origins.pop(origin, None)
        self._origins[origin] = None
        if len(self._origins) > _MOST_KNOWN:
            del self._origins[next(iter(self._origins))]

    def __contains__(self, origin: str) -> bool:
        return origin in self._origins


class ConnectionLimitSocket(socket.socket):
    """Listening socket that closes excess connections as soon as it has accepted them.

    asyncio counts a TLS connection only after its handshake; here it counts from its first packet.
    There are never more than `handles`.
    """

    def __init__(self, listener: socket.socket, known: KnownOrigins, handles: int = MOST) -> None:
        super().__init__(fileno=listener.detach())
        self._most = min(MOST, handles)
        self._most_of_strangers = self._most * MOST_OF_STRANGERS // MOST
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENCE)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._known = known
        self._open: dict[str, dict[_CountedConnection, None]] = defaultdict(dict)
        self._each = RateLimiter(_AT_ONCE_OF_ONE, 20.0)
        self._few = RateLimiter(_FEW_AT_ONCE, 1.0)
        self._all = RateLimiter(_AT_ONCE_OF_ALL, 100.0)

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept the next connection within the limits.

        Raises:
            BlockingIOError: There is none now.
        """
        for _ in range(_ACCEPTED_AT_ONCE):
            connection, address = super().accept()
            origin = origin_of(str(address[0]))
            if self._admits(origin) and self._has_place(origin):
                counted = _CountedConnection(connection, partial(self._release, origin))
                self._open[origin][counted] = None
                return counted, address
            connection.close()
        raise BlockingIOError

    def _admits(self, origin: str) -> bool:
        """Tell if an address may open one more now."""
        if len(self._open.get(origin, ())) >= MOST_OF_ONE or not self._each.allows(origin):
            return False
        return origin in self._known or self._few.allows(origin) or self._all.allows("")

    def _has_place(self, origin: str) -> bool:
        """Tell if there is a place for an address; perhaps make it."""
        strangers = {one: held for one, held in self._open.items() if one not in self._known}
        if origin in self._known:
            return sum(map(len, self._open.values())) < self._most
        if sum(map(len, strangers.values())) < self._most_of_strangers:
            return True
        most = max(strangers.values(), key=len)
        if len(most) <= len(strangers.get(origin, ())) + 1:
            return False
        next(iter(most)).end()
        return True

    def _release(self, origin: str, connection: "_CountedConnection") -> None:
        self._open[origin].pop(connection, None)
        if not self._open[origin]:
            del self._open[origin]


class _CountedConnection(socket.socket):
    """Accepted connection that reports its end once."""

    def __init__(
        self, accepted: socket.socket, ended: Callable[["_CountedConnection"], None]
    ) -> None:
        super().__init__(fileno=accepted.detach())
        self._ended_once = ExitStack()
        self._ended_once.callback(ended, self)

    def end(self) -> None:
        """Free the connection's place, and have its user close it, who reads its end."""
        with suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)
        self._ended_once.close()

    def close(self) -> None:
        """Close the connection, and free its place."""
        super().close()
        self._ended_once.close()
