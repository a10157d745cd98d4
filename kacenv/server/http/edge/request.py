"""Checks of a request's head, and the reading of its body within limits on size and time.

Starlette's RequestBodyLimitMiddleware has no limit on time; its TrustedHostMiddleware allows names
alone, while a tablet may use any address. Both answer without words for people.
"""

import asyncio
from collections.abc import Collection
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import Message, Receive

from kacenv.server.http_error import HttpError

_ONCE: Final = frozenset(
    {"host", "origin", "authorization", "cookie", "content-length", "content-type"}
    | {"transfer-encoding", "sec-fetch-site", "idempotency-key"}
)
"""Headers allowed once; a duplicate makes a request ambiguous."""
MOST_BODY: Final = 16_384
"""Largest body, in bytes; real ones have a few hundred."""
BODY_TIME: Final = 8.0
"""Time limit of a body, in seconds."""


def check_unambiguous(request: HTTPConnection) -> None:
    """Check that no proxy or server could read this request in another way.

    Raises:
        HttpError: Its headers contradict each other.
    """
    headers = request.headers
    for name in headers:
        if name in _ONCE and len(headers.getlist(name)) > 1:
            raise HttpError(400, f"A request has one {name}.")
    if headers.get("transfer-encoding") and headers.get("content-length"):
        raise HttpError(400, "A request has one length.")


def address_of(request: HTTPConnection) -> str:
    """Return the client's address; empty on the Unix socket."""
    return request.client.host if request.client else ""


def is_for_host(request: HTTPConnection, names: Collection[str]) -> bool:
    """Return True if the client addresses this machine by one of its `names` (`*.clinic.lan` too).

    Addresses are safe: only a name can be rebound to another machine (DNS rebinding).
    """
    try:
        host = (urlsplit(f"//{request.headers.get('host', '')}").hostname or "").rstrip(".")
    except ValueError:
        return False
    domain = host.partition(".")[2]
    if host == "localhost" or host in names or (domain and f"*.{domain}" in names):
        return True
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def is_cross_origin(request: HTTPConnection) -> bool:
    """Return True if a page of another origin made the browser send this."""
    site, origin = (request.headers.get(name, "") for name in ("sec-fetch-site", "origin"))
    own = f"{request['scheme']}://{request.headers.get('host', '')}"
    return site not in {"", "none", "same-origin"} or (bool(origin) and origin != own)


def is_json(request: HTTPConnection) -> bool:
    """Return True if the body is said to be JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    return kind.strip().lower() == "application/json"


def bearer_token(request: HTTPConnection) -> str:
    """Return the bearer token (RFC 6750), or empty."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def read_whole_body(request: HTTPConnection, receive: Receive) -> Receive:
    """Read the body, and return a `receive` that replays it, so that handlers never wait for it.

    Raises:
        HttpError: The body is too long, or too slow.
    """
    length = request.headers.get("content-length", "")
    if length in {"", "0"} and not request.headers.get("transfer-encoding"):
        return receive
    if length.isdigit() and int(length) > MOST_BODY:
        raise _too_long()
    try:
        async with asyncio.timeout(BODY_TIME):
            return _replay(await _read(receive), receive)
    except TimeoutError:
        raise HttpError(408, "The request came too slowly.") from None


async def _read(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HttpError(400, "The request broke off.")
        body += message.get("body", b"")
        if len(body) > MOST_BODY:
            raise _too_long()
        more = message.get("more_body", False)
    return body


def _too_long() -> HttpError:
    return HttpError(413, "The request is too long.")


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body once, then goes on as the original one."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay
