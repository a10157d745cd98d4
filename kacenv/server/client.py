"""Client of a room's daemon over its Unix socket.

Its imports are light: a press loads them all.
"""

import errno
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from kacenv.core.errors import DaemonError, LostAnswerError, NotRunningError, RefusedError
from kacenv.system.paths import run_folders

TIMEOUT: Final = 10.0
"""Time limit of a connection, and of each answer, in seconds."""
RETRIED_FOR: Final = 10.0
"""Time for which a request is sent again if the daemon died before it answered, in seconds."""
_AGAIN: Final = 0.2
_NO_ANSWER = "The room {} gave no answer that can be understood. Ask again: kacenv status"
_HOW_TO_START = (
    "Begin one with: kacenv start SCENE --room ROOM  (to see which there are: kacenv scenes, "
    "kacenv rooms)"
)


def running_rooms() -> list[str]:
    """Return the rooms that run on this machine; sockets without a listener don't count."""
    paths = (path for folder in run_folders() for path in folder.glob("*.sock"))
    return sorted({path.stem for path in paths if _listens(str(path))})


def _listens(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(path)
        except PermissionError:
            return True
        except OSError:
            return False
        return True


def the_room(room: str | None) -> str:
    """Return the named room, or the only one that runs.

    Raises:
        DaemonError: None runs, or several do and none was named.
    """
    if room:
        return room
    rooms = running_rooms()
    if not rooms:
        raise DaemonError(f"No room is running on this machine. {_HOW_TO_START}")
    if len(rooms) > 1:
        raise DaemonError(f"Several rooms are running; say which by --room: {', '.join(rooms)}")
    return rooms[0]


def get(room: str | None, path: str, timeout: float = TIMEOUT) -> Any:
    """Send GET to the room's daemon, and return its answer within `timeout` seconds."""
    return _ask(the_room(room), f"GET {path} HTTP/1.0\r\n", b"", timeout)


def post(room: str | None, path: str, body: dict[str, Any], timeout: float = TIMEOUT) -> Any:
    """Send POST to the room's daemon, and return its answer within `timeout` seconds.

    Where the daemon dies before it has answered, the request is sent again by the same id, so that
    it is done once.

    Raises:
        RefusedError: The daemon refused; the message has its reason.
        DaemonError: The daemon can't be reached.
    """
    name, content = the_room(room), json.dumps(body).encode()
    head = f'POST {path} HTTP/1.0\r\nIdempotency-Key: "{os.urandom(16).hex()}"\r\n'
    try:
        return _ask(name, head, content, timeout)
    except LostAnswerError:
        return _ask_again(name, head, content, timeout)


def _ask_again(room: str, head: str, content: bytes, timeout: float) -> Any:
    """Send a request whose answer was lost, until the daemon is back, or has had its time."""
    deadline = time.monotonic() + min(timeout, RETRIED_FOR)
    while True:
        time.sleep(_AGAIN)
        try:
            return _ask(room, head, content, timeout)
        except (LostAnswerError, NotRunningError):
            if time.monotonic() > deadline:
                raise


def _ask(room: str, head: str, body: bytes, timeout: float) -> Any:
    head = f"{head}Host: kacenv\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    status, whole, content = _exchange(room, request, timeout).partition(b"\r\n\r\n")
    if not whole:
        raise _lost(room)
    try:
        code = int(status.split(b" ", 2)[1])
        answer = json.loads(content)
        refusal = answer["error"] if code >= 400 else None
    except (ValueError, LookupError, TypeError):
        raise DaemonError(_NO_ANSWER.format(room)) from None
    if refusal is not None:
        raise RefusedError(refusal)
    return answer


def connect(room: str, timeout: float) -> socket.socket:
    """Connect to the room's daemon, with `timeout` seconds for each operation.

    Raises:
        DaemonError: The daemon can't be reached.
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(timeout)
    try:
        with _describing_errors(room):
            connection.connect(_address(room))
    except DaemonError:
        connection.close()
        raise
    return connection


def _exchange(room: str, request: bytes, timeout: float) -> bytes:
    with connect(room, timeout) as connection, _describing_errors(room):
        try:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionError:
            raise _lost(room) from None


def _lost(room: str) -> LostAnswerError:
    return LostAnswerError(_NO_ANSWER.format(room))


@contextmanager
def _describing_errors(room: str) -> Iterator[None]:
    try:
        yield
    except PermissionError:
        raise DaemonError(
            f"You may not drive the room {room}. "
            "Ask the technician to add you to the group in the room file (socket_group)."
        ) from None
    except TimeoutError:
        raise DaemonError(f"The room {room} doesn't answer. Its log says more.") from None
    except OSError:
        raise NotRunningError(f"The room {room} isn't running. {_HOW_TO_START}") from None


def _address(room: str) -> str:
    """Return the room's socket, in the first folder that has one.

    Raises:
        FileNotFoundError: None has.
    """
    paths = [folder / f"{room}.sock" for folder in run_folders()]
    for path in paths:
        if path.exists():
            return str(path)
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), f"{room}.sock")
