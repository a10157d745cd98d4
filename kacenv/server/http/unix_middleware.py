"""ASGI middleware and HTTP protocol for the room's Unix socket."""

from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from kacenv.server.auth import HttpError
from kacenv.server.http.h11_protocol import TimedH11Protocol, tcp_options
from kacenv.server.http.request_body import read_whole_body, send_error
from kacenv.server.http.request_head import RequestHead

MOST_IDLE: Final = 64
"""Most connections without a request; the oldest is closed for the newest."""
MOST_AT_ONCE: Final = 512
"""Most connections and requests at once; the session must never run out of file descriptors."""


class UnixSocketMiddleware:
    """Passes complete requests to `app`; file permissions of the socket authorize the client."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, or answer with an error."""
        try:
            receive = await read_whole_body(RequestHead(scope), receive)
        except HttpError as refusal:
            await send_error(refusal, send)
            return
        await self._app(scope, receive, send)


class _UnixSocketProtocol(TimedH11Protocol):
    """HTTP protocol whose oldest idle connections are closed for newer ones."""

    silent: dict["_UnixSocketProtocol", None]

    def _start_head_timer(self) -> None:
        super()._start_head_timer()
        self.silent[self] = None
        while len(self.silent) > MOST_IDLE:
            next(iter(self.silent)).abort()

    def _stop_head_timer(self) -> None:
        super()._stop_head_timer()
        self.silent.pop(self, None)

    def abort(self) -> None:
        """Abort the connection, and drop it from the idle list."""
        self.silent.pop(self, None)
        super().abort()


def unix_socket_options() -> dict[str, Any]:
    """Return uvicorn's options for one Unix socket."""
    own = type("HatchLine", (_UnixSocketProtocol,), {"silent": {}})
    return {**tcp_options(), "http": own, "limit_concurrency": MOST_AT_ONCE}
