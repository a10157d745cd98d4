"""Client of the stream of a room's events, which reconnects by itself."""

import json
import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Self

from kacenv.core.errors import DaemonError, NotRunningError, RefusedError
from kacenv.server.client import TIMEOUT, connect
from kacenv.server.status_diff import Json, extrapolate, merge

_EVENTS: Final = b"GET /v1/events HTTP/1.0\r\nHost: kacenv\r\n\r\n"
_SILENCE: Final = 5.0
"""Time without an event until the connection counts as lost, in seconds."""
_PAUSES: Final = (0.3, 0.7, 1.5, 3.0)
"""Delays of reconnections in seconds; the last one repeats."""


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
        end = self._now() + TIMEOUT
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
        connection = connect(self.room, TIMEOUT)
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
