"""Security headers of every response."""

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
"""Headers by name; a response that sets one itself, as the page does, keeps its own."""
_PAIRS = [(name.lower().encode(), value.encode()) for name, value in ALWAYS.items()]


def with_security_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return `headers` with the missing security headers added."""
    own = {name.lower() for name, _ in headers}
    return [*headers, *(pair for pair in _PAIRS if pair[0] not in own)]


class SecurityHeadersMiddleware:
    """Adds the security headers to every response of `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def carefully(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {
                    **message,
                    "headers": with_security_headers(list(message.get("headers", []))),
                }
            await send(message)

        await self._app(scope, receive, carefully)
