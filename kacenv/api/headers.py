"""The headers by which every answer tells a browser to be careful."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""By their names; an answer that has one of its own, such as the page, keeps that."""
_PAIRS = [(name.lower().encode(), value.encode()) for name, value in ALWAYS.items()]


def with_care(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """`headers` and those that always belong there."""
    own = {name.lower() for name, _ in headers}
    return [*headers, *(pair for pair in _PAIRS if pair[0] not in own)]


class Careful:
    """Gives every answer of `app` these headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def carefully(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": with_care(list(message.get("headers", [])))}
            await send(message)

        await self._app(scope, receive, carefully)
