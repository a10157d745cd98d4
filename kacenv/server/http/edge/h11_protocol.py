"""HTTP protocols with a time limit on a request's head, and one on idle connections."""

import asyncio
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from kacenv.server.http.edge.security_headers import with_missing

HEAD_TIME: Final = 8.0
"""Time limit of a request's head (seconds), however slowly it arrives."""
MOST_HEAD: Final = 16_384
"""Largest head of a request, in bytes."""
MOST_IDLE: Final = 64
"""Most connections to the Unix socket without a request; the oldest gives way to the newest."""
MOST_AT_ONCE: Final = 512
"""Most connections and requests to it; the session must never run out of file descriptors."""


class TimedH11Protocol(H11Protocol):
    """uvicorn's h11 protocol, with a timeout for the head, which uvicorn lacks."""

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Start the timeout of the first head."""
        super().connection_made(transport)
        self.access_log = False  # addresses and queries are private
        self._start_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timeout."""
        self._stop_head_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Handle data; a partial head doesn't extend the timeout."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._start_head_timer()
        else:
            self._stop_head_timer()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - said in our own words
        """Answer invalid HTTP with a 400 that has the security headers."""
        if self.conn.our_state is not h11.IDLE and self.conn.our_state is not h11.SEND_RESPONSE:
            self.transport.close()
            return
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        head = h11.Response(status_code=400, headers=with_missing(headers), reason=b"Bad Request")
        body = h11.Data(data=b'{"error":"That is no request."}')
        for event in (head, body, h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _start_head_timer(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_TIME, self.abort)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def abort(self) -> None:
        """Abort the connection."""
        self.transport.abort()


class _UnixSocketProtocol(TimedH11Protocol):
    """HTTP protocol whose oldest idle connections are closed for newer ones."""

    idle: dict["_UnixSocketProtocol", None]
    most_idle: int

    def _start_head_timer(self) -> None:
        super()._start_head_timer()
        self.idle[self] = None
        while len(self.idle) > self.most_idle:
            next(iter(self.idle)).abort()

    def _stop_head_timer(self) -> None:
        super()._stop_head_timer()
        self.idle.pop(self, None)

    def abort(self) -> None:
        """Abort the connection, and drop it from the idle ones."""
        self.idle.pop(self, None)
        super().abort()


def tcp_options() -> dict[str, Any]:
    """Return uvicorn's options for TCP."""
    return {"http": TimedH11Protocol, "ws": "none", "h11_max_incomplete_event_size": MOST_HEAD}


def unix_socket_options(handles: int) -> dict[str, Any]:
    """Return uvicorn's options for one Unix socket that uses up to `handles`."""
    idle = min(MOST_IDLE, handles // 2)
    own = type("UnixSocketProtocol", (_UnixSocketProtocol,), {"idle": {}, "most_idle": idle})
    return {**tcp_options(), "http": own, "limit_concurrency": min(MOST_AT_ONCE, handles)}
