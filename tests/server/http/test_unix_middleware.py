"""The room's Unix socket, and callers who say nothing."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import pytest
from support.devices import MemorySound
from support.sessions import a_phase, a_room, a_timeline
from support.waiting import PATIENCE, wait_until

from kacenv.config import House
from kacenv.model.requests import Start
from kacenv.server.client import get, post
from kacenv.server.daemon import hold_room
from kacenv.server.http.listen import open_api
from kacenv.server.http.unix_middleware import MOST_IDLE
from kacenv.session.session import Session
from kacenv.system.clock import MonotonicClock

T = TypeVar("T")
MANY = 4 * MOST_IDLE


@pytest.fixture
def in_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Runs something that gets the socket's path, while a room with a session is served."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path / "run"))

    async def stay(visit: Callable[[Path], None]) -> None:
        session = Session(a_room(), MonotonicClock())
        session.stage.sound = MemorySound(session.clock)
        session.submit(Start(a_timeline(a_phase("onset"), a_phase("return"))))
        with hold_room("test") as path:
            async with open_api(session, House.find(), "demo", path):
                await asyncio.to_thread(visit, path)

    return lambda visit: asyncio.run(stay(visit))


def a_line(stack: ExitStack, path: Path) -> socket.socket:
    """A connection on which nothing has been said."""
    line = stack.enter_context(socket.socket(socket.AF_UNIX))
    line.settimeout(PATIENCE)
    line.connect(str(path))
    return line


def is_open(line: socket.socket) -> bool:
    """Whether nobody has broken it off."""
    line.setblocking(False)
    try:
        return bool(line.recv(1))
    except BlockingIOError:
        return True
    except ConnectionResetError:
        return False


def test_a_press_works_beside_hundreds_who_say_nothing(in_room: Callable[..., None]) -> None:
    """The oldest silent lines give way to the newest; the press is done, and the room answers."""

    def visit(path: Path) -> None:
        with ExitStack() as stack:
            lines = [a_line(stack, path) for _ in range(MANY)]
            assert "Holding" in post("test", "/v1/requests", {"kind": "hold"})["reply"]
            assert get("test", "/v1/status")["session"]["mode"] == "held"
            wait_until(lambda: sum(map(is_open, lines)) <= MOST_IDLE)
            assert not any(map(is_open, lines[: MANY - MOST_IDLE]))

    in_room(visit)


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /v1/status HT",
        (
            b"POST /v1/requests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 99\r\n\r\n{"
        ),
    ],
)
def test_nobody_stays_who_never_asks(
    in_room: Callable[..., None], monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    """Silence, half a head and half a body end in time (8 s; 0.3 s here)."""
    monkeypatch.setattr("kacenv.server.http.h11_protocol.HEAD_TIME", 0.3)
    monkeypatch.setattr("kacenv.server.http.request_body.BODY_TIME", 0.3)

    def visit(path: Path) -> None:
        with ExitStack() as stack:
            line = a_line(stack, path)
            line.sendall(begun)
            wait_until(lambda: not _still(line))

    in_room(visit)


def _still(line: socket.socket) -> bool:
    """Whether it is open, whatever is said on it."""
    line.setblocking(False)
    try:
        while heard := line.recv(4096):
            assert b"too slowly" in heard
    except BlockingIOError:
        return True
    except ConnectionResetError:
        return False
    return False


def test_a_long_body_is_refused(in_room: Callable[..., None]) -> None:
    """Nothing that a surface asks for is as long."""

    def visit(path: Path) -> None:
        with ExitStack() as stack:
            line = a_line(stack, path)
            head = b"POST /v1/requests HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"
            line.sendall(head)
            assert b"413" in line.recv(4096)

    in_room(visit)
