"""HTTP protocol with a time limit on the head of a request."""

import asyncio
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from kacenv.server.http.security_headers import with_security_headers

HEAD_TIME: Final = 8.0
"""Time limit of a request's head (seconds), however slowly it arrives."""
MOST_HEAD: Final = 16_384
"""Largest head of a request, in bytes."""


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
        body = b'{"error":"That is no request."}'
        for event in (
            h11.Response(
                status_code=400, headers=with_security_headers(headers), reason=b"Bad Request"
            ),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
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


def tcp_options() -> dict[str, Any]:
    """Return uvicorn's options for TCP."""
    return {"http": TimedH11Protocol, "ws": "none", "h11_max_incomplete_event_size": MOST_HEAD}
