"""The room's Unix socket, and clients that send nothing."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from support.tablet import ServedRoom
from support.waiting import PATIENCE, wait_until

from kacenv.server.client import get, post
from kacenv.server.http.edge.h11_protocol import MOST_IDLE

MANY = 4 * MOST_IDLE
HALF_A_BODY = (
    b"POST /v1/requests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 99\r\n\r\n{"
)


class Client:
    """A connection to the room's socket."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(str(path))
        self.send, self.close = self._socket.sendall, self._socket.close
        self.received = b""

    def is_open(self) -> bool:
        """Return whether the room hasn't closed it, and keep what it has sent."""
        self._socket.setblocking(False)
        try:
            while heard := self._socket.recv(4096):
                self.received += heard
        except BlockingIOError:
            return True
        except ConnectionResetError:
            return False
        return False


@pytest.fixture
def connect(run_folder: Path, served: ServedRoom) -> Iterator[Callable[[], Client]]:
    """Makes connections on which nothing has been sent."""
    assert served.port
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Client(run_folder / "room.sock")))


def test_a_press_works_beside_hundreds_who_say_nothing(connect: Callable[[], Client]) -> None:
    """The oldest silent lines give way to the newest; the press is done, and the room answers."""
    silent = [connect() for _ in range(MANY)]
    assert "Holding" in post("room", "/v1/requests", {"kind": "hold"})["reply"]
    assert get("room", "/v1/status")["session"]["mode"] == "held"
    wait_until(lambda: sum(client.is_open() for client in silent) <= MOST_IDLE)
    assert not any(client.is_open() for client in silent[: MANY - MOST_IDLE])


@pytest.mark.parametrize(
    ("begun", "answer"),
    [(b"", b""), (b"GET /v1/status HT", b""), (HALF_A_BODY, b"too slowly")],
)
def test_nobody_stays_who_never_asks(
    connect: Callable[[], Client], monkeypatch: pytest.MonkeyPatch, begun: bytes, answer: bytes
) -> None:
    """Silence, half a head and half a body end in time (8 s; 0.3 s here)."""
    monkeypatch.setattr("kacenv.server.http.edge.h11_protocol.HEAD_TIME", 0.3)
    monkeypatch.setattr("kacenv.server.http.edge.request.BODY_TIME", 0.3)
    client = connect()
    client.send(begun)
    wait_until(lambda: not client.is_open())
    assert answer in client.received


def test_a_long_body_is_refused(connect: Callable[[], Client]) -> None:
    """Nothing that a surface asks for is as long."""
    client = connect()
    client.send(b"POST /v1/requests HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
    wait_until(lambda: not client.is_open())
    assert client.received.startswith(b"HTTP/1.1 413 ")
