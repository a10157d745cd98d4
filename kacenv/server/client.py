"""Client of a room's daemon over its Unix socket: requests, and the stream of events.

Its imports are light: a press loads them all.
"""

import json
import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self

from kacenv.core.errors import DaemonError, NotRunningError, RefusedError
from kacenv.server.status_diff import Json, extrapolate, merge
from kacenv.system.paths import run_folders

if TYPE_CHECKING:
    from datetime import datetime

_TIMEOUT: Final = 10.0
"""Time limit of a connection, and of each answer, in seconds."""
_EVENTS: Final = b"GET /v1/events HTTP/1.0\r\nHost: kacenv\r\n\r\n"
_SILENCE: Final = 5.0
"""Time without an event until the connection counts as lost, in seconds."""
_PAUSES: Final = (0.3, 0.7, 1.5, 3.0)
"""Delays of reconnections in seconds; the last one repeats."""
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


def get(room: str | None, path: str, timeout: float = _TIMEOUT) -> Any:
    """Send GET to the room's daemon, and return its answer within `timeout` seconds."""
    return _ask(the_room(room), f"GET {path}", b"", timeout)


def post(room: str | None, path: str, body: dict[str, Any], timeout: float = _TIMEOUT) -> Any:
    """Send POST to the room's daemon, and return its answer within `timeout` seconds.

    Raises:
        RefusedError: The daemon refused; the message has its reason.
        DaemonError: The daemon can't be reached.
    """
    return _ask(the_room(room), f"POST {path}", json.dumps(body).encode(), timeout)


def _ask(room: str, request_line: str, body: bytes, timeout: float) -> Any:
    head = f"{request_line} HTTP/1.0\r\nHost: kacenv\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    status, _, content = _exchange(room, request, timeout).partition(b"\r\n\r\n")
    try:
        code = int(status.split(b" ", 2)[1])
        answer = json.loads(content)
        refusal = answer["error"] if code >= 400 else None
    except (ValueError, LookupError, TypeError):
        raise DaemonError(
            f"The room {room} gave no answer that can be understood. Ask again: kacenv status"
        ) from None
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
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


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
    """Return the room's socket, in the first folder that has one."""
    paths = [folder / f"{room}.sock" for folder in run_folders()]
    return str(next((path for path in paths if path.exists()), paths[-1]))


class EventClient:
    """Follows a room's events, and reconnects whenever the connection is lost.

    `lost_since` is the time of the loss, None while connected. A context manager; entering waits
    for the first status.

    Raises:
        DaemonError: The room can't be reached at the beginning.
        RefusedError: The daemon refuses the stream.
    """

    def __init__(self, room: str, now: Callable[[], float] = time.monotonic) -> None:
        self.room = room
        self.lost_since: datetime | None = None
        self._now = now
        self._known: Json | None = None
        self._received_at = self._retry_at = now()
        self._failures = 0
        self._text = b""
        self._connection: socket.socket | None = None

    def __enter__(self) -> Self:
        """Wait for the room's first status."""
        self._connection = self._begin()
        try:
            self._wait_for_status()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._close()

    @property
    def status(self) -> Json:
        """Present status, extrapolated; while the connection is lost, the last one."""
        if self._known is None:
            raise DaemonError(f"The room {self.room} hasn't said how it is.")
        if self.lost_since is not None:
            return self._known
        passed = (self._now() - self._received_at) * self._known["rate"]
        return extrapolate(self._known, self._known["at"] + passed)

    def wait(self, span: float, others: Sequence[int] = ()) -> bool:
        """Wait for an event, a loss of the connection, or until one of `others` is readable.

        Waits at most `span` seconds. Returns True after a change, or if the connection was lost or
        found.
        """
        end = self._now() + max(0.0, span)
        while True:
            watched: list[Any] = [*others, *([self._connection] if self._connection else [])]
            ready, _, _ = select.select(watched, [], [], self._span(end))
            changed = self._receive() if self._connection in ready else self._reconnect_if_silent()
            if changed or self._now() >= end or any(other in ready for other in others):
                return changed

    def _wait_for_status(self) -> None:
        end = self._now() + _TIMEOUT
        while self._known is None:
            self.wait(end - self._now())
            if self.lost_since is not None or self._now() >= end:
                raise DaemonError(
                    f"The room {self.room} doesn't say how it is. Look at its log, or ask once: "
                    "kacenv status"
                )

    def _span(self, end: float) -> float:
        deadline = self._received_at + _SILENCE if self._connection else self._retry_at
        return max(0.0, min(end, deadline) - self._now())

    def _reconnect_if_silent(self) -> bool:
        """Detect a lost connection, and reconnect when due."""
        if self._connection is not None:
            return self._now() >= self._received_at + _SILENCE and self._lose()
        if self._now() < self._retry_at:
            return False
        try:
            self._connection = self._begin()
        except DaemonError:
            self._schedule_retry()
        return False

    def _begin(self) -> socket.socket:
        connection = connect(self.room, _TIMEOUT)
        try:
            connection.sendall(_EVENTS)
        except OSError:
            connection.close()
            raise NotRunningError(f"The room {self.room} is leaving just now.") from None
        self._text, self._received_at = b"", self._now()
        return connection

    def _receive(self) -> bool:
        """Read events; return True if they change anything."""
        assert self._connection is not None  # noqa: S101 - who calls has seen it
        try:
            piece = self._connection.recv(65536)
        except OSError:
            piece = b""
        if not piece:
            self._check()
            return self._lose()
        self._text += piece
        *events, self._text = self._text.split(b"\n\n")
        changed = [self._apply(name, data) for name, data in _read(events)]
        return any(changed)

    def _check(self) -> None:
        """Raise the daemon's refusal, if it answered with one."""
        head, _, body = self._text.partition(b"\r\n\r\n")
        if self._known is None and head and b" 200 " not in head.splitlines()[0]:
            try:
                raise RefusedError(json.loads(body)["error"])
            except (ValueError, LookupError, TypeError):
                return

    def _apply(self, name: str, data: Json) -> bool:
        self._received_at = self._now()
        if name == "status":
            self._known, self.lost_since, self._failures = data, None, 0
        elif self._known is None:
            return False
        else:
            self._known = merge(extrapolate(self._known, data["at"]), data)
        return name != "beat"

    def _lose(self) -> bool:
        """Close the connection; return True if it was open."""
        from datetime import UTC, datetime  # noqa: PLC0415 - a press does without

        if self._known is not None:
            self._known = self.status
        self._close()
        self._schedule_retry()
        first = self.lost_since is None
        self.lost_since = self.lost_since or datetime.now(UTC)
        return first

    def _schedule_retry(self) -> None:
        self._retry_at = self._now() + _PAUSES[min(self._failures, len(_PAUSES) - 1)]
        self._failures += 1

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _read(events: Sequence[bytes]) -> Iterator[tuple[str, Json]]:
    """Yield the name and the data of each event; ignore anything else."""
    for event in events:
        lines = (line.partition(b": ") for line in event.splitlines())
        fields = {key: value for key, _, value in lines if key in {b"event", b"data"}}
        if len(fields) == 2:
            yield fields[b"event"].decode(), json.loads(fields[b"data"])
