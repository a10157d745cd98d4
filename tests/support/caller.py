"""A caller over TCP who may say anything: well-formed requests, or bytes."""

import json
import socket
from contextlib import closing
from http.client import HTTPConnection
from itertools import count
from typing import Any, NamedTuple

from support.waiting import PATIENCE

_ADDRESSES = count(2)


class Answer(NamedTuple):
    """What came back; names of headers are in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, understood."""
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """What went wrong, in words."""
        return str(self.json.get("error", ""))


def is_closed(connection: socket.socket, within: float = PATIENCE) -> bool:
    """Return whether the room closes a connection within so many seconds, without a word."""
    connection.settimeout(within)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


class Caller:
    """Somebody with an address of their own on loopback (127.0.0.2 and so on)."""

    def __init__(self, port: int, token: str = "", address: str = "") -> None:
        number = next(_ADDRESSES)
        self.port, self.token = port, token
        self.address = address or f"127.0.{number // 250}.{number % 250 + 1}"

    def line(self) -> socket.socket:
        """A connection."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE, (self.address, 0))

    def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send one request; `body` as JSON unless it is bytes."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        named = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            named["Content-Type"] = "application/json"
        named |= headers or {}
        line = HTTPConnection("127.0.0.1", self.port, PATIENCE, source_address=(self.address, 0))
        with closing(line):
            line.request(method, path, sent, {name: text for name, text in named.items() if text})
            answer = line.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())

    def press(self, kind: str, **headers: str) -> Answer:
        """Press a key of the page."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", "/v1/requests", {"kind": kind}, named)

    def say(self, data: bytes) -> bytes:
        """Everything that comes back to these bytes until the line is closed."""
        with self.line() as line:
            try:
                line.sendall(data)
                return b"".join(iter(lambda: line.recv(65536), b""))
            except ConnectionError:
                return b""
