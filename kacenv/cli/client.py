"""Speaks to a room's daemon over its socket: plain HTTP, with what Python starts with."""

import json
import socket
from typing import Any

from kacenv.errors import DaemonError, RefusedError
from kacenv.places import run_folder

_TIMEOUT = 10.0
_HOW_TO_START = "Begin one with: kacenv start SCENE --room ROOM"


def running_rooms() -> list[str]:
    """The rooms whose daemons have a socket on this machine."""
    return sorted(path.stem for path in run_folder().glob("*.sock"))


def the_room(room: str | None) -> str:
    """The room that is meant: the named one, or the only one that runs.

    Raises:
        DaemonError: none runs, or several do and none was named.
    """
    if room is not None:
        return room
    rooms = running_rooms()
    if not rooms:
        raise DaemonError(f"No room is running on this machine. {_HOW_TO_START}")
    if len(rooms) > 1:
        raise DaemonError(f"Several rooms are running; say which by --room: {', '.join(rooms)}")
    return rooms[0]


def get(room: str | None, path: str) -> Any:
    """What the room's daemon says at `path`."""
    return _ask(the_room(room), f"GET {path}", b"")


def post(room: str | None, path: str, body: dict[str, Any]) -> Any:
    """What the room's daemon answers to `body`.

    Raises:
        RefusedError: it refused, and says why.
        DaemonError: it can't be reached.
    """
    return _ask(the_room(room), f"POST {path}", json.dumps(body).encode())


def _ask(room: str, line: str, body: bytes) -> Any:
    head = f"{line} HTTP/1.0\r\nHost: kacenv\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    status, _, content = _exchange(room, request).partition(b"\r\n\r\n")
    code = int(status.split(b" ", 2)[1])
    answer = json.loads(content)
    if code >= 400:
        raise RefusedError(answer["error"])
    return answer


def _exchange(room: str, request: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(_TIMEOUT)
        try:
            line.connect(str(run_folder() / f"{room}.sock"))
            line.sendall(request)
            return b"".join(iter(lambda: line.recv(65536), b""))
        except (FileNotFoundError, ConnectionError):
            raise DaemonError(f"The room {room} isn't running. {_HOW_TO_START}") from None
        except PermissionError:
            raise DaemonError(
                f"You may not drive the room {room}. "
                "Ask the technician to add you to the group in the room file (socket_group)."
            ) from None
        except TimeoutError:
            raise DaemonError(f"The room {room} doesn't answer. Its log says more.") from None
