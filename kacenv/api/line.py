"""A line to a caller over TCP, who must say what is wanted within a few seconds."""

import asyncio
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from kacenv.api.headers import with_care

HEAD_TIME: Final = 8.0
"""Seconds in which the head of a request must be here, however slowly it drips in."""
MOST_HEAD: Final = 16_384
"""Bytes of a request's head."""


class Line(H11Protocol):
    """uvicorn's own, which waits for ever for the head of a request."""

    _hurry: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Wait for a request, but not for ever."""
        super().connection_made(transport)
        self.access_log = False  # addresses and their queries are nobody's business
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._relax()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; the time for a head isn't prolonged by a part of it."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._expect()
        else:
            self._relax()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - said in our own words
        """Refuse what is no HTTP, with as much care as everything else."""
        if self.conn.our_state is not h11.IDLE and self.conn.our_state is not h11.SEND_RESPONSE:
            self.transport.close()
            return
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        body = b'{"error":"That is no request."}'
        for event in (
            h11.Response(status_code=400, headers=with_care(headers), reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _expect(self) -> None:
        if self._hurry is None:
            self._hurry = self.loop.call_later(HEAD_TIME, self.give_up)

    def _relax(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None

    def give_up(self) -> None:
        """Break it off."""
        self.transport.abort()


def line_options() -> dict[str, Any]:
    """What uvicorn is told of lines over TCP."""
    return {"http": Line, "ws": "none", "h11_max_incomplete_event_size": MOST_HEAD}
