"""Reading of request bodies with limits on size and time, and error responses."""

import asyncio
import json
import math
from dataclasses import dataclass
from typing import Final

from starlette.types import Message, Receive, Send

from kacenv.server.auth import HttpError
from kacenv.server.http.request_head import RequestHead

MOST_BODY: Final = 16_384
"""Largest body, in bytes; real ones have a few hundred."""
BODY_TIME: Final = 8.0
"""Time limit of a body, in seconds."""


async def read_whole_body(visit: RequestHead, receive: Receive) -> Receive:
    """Read the body, and return a `receive` that replays it, so that handlers never wait for it.

    Raises:
        Refusal: The body is too long, or too slow.
    """
    if not visit.has_body:
        return receive
    try:
        async with asyncio.timeout(BODY_TIME):
            body = await _read(visit, receive)
    except TimeoutError:
        raise HttpError(408, "The request came too slowly.") from None
    return _BufferedBody(body, receive)


async def _read(visit: RequestHead, receive: Receive) -> bytes:
    body = b""
    stated = visit.header("content-length")
    more = True
    while more:
        if len(body) > MOST_BODY or (stated.isdigit() and int(stated) > MOST_BODY):
            raise HttpError(413, "The request is too long.")
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HttpError(400, "The request broke off.")
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if len(body) > MOST_BODY:
        raise HttpError(413, "The request is too long.")
    return body


@dataclass(slots=True)
class _BufferedBody:
    """Replays the body once, then passes on to the original `receive`."""

    body: bytes
    receive: Receive
    told: bool = False

    async def __call__(self) -> Message:
        if self.told:
            return await self.receive()
        self.told = True
        return {"type": "http.request", "body": self.body, "more_body": False}


async def send_error(refusal: HttpError, send: Send) -> None:
    """Send an error response, and close the connection: its body may still be on the way."""
    body = json.dumps({"error": str(refusal)}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    if refusal.wait is not None:
        headers.append((b"retry-after", str(math.ceil(refusal.wait)).encode()))
    if refusal.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
