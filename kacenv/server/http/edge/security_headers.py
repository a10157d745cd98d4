"""Security headers of every response."""

from typing import Final

from starlette.types import Message, Send

Headers = list[tuple[bytes, bytes]]
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
SECURITY: Final = [(name.lower().encode(), value.encode()) for name, value in ALWAYS.items()]


def with_missing(headers: Headers, more: Headers = SECURITY) -> Headers:
    """Return `headers` with those of `more` that they lack."""
    own = {name.lower() for name, _ in headers}
    return [*headers, *(pair for pair in more if pair[0] not in own)]


def adding(more: Headers, send: Send) -> Send:
    """Return a `send` that adds headers which a response lacks."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": with_missing(message.get("headers", []), more)}
        await send(message)

    return send_with_headers
