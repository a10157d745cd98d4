"""Change detection on the room's status, with waiting clients woken on a change."""

import asyncio
import secrets
from contextlib import suppress
from dataclasses import asdict
from typing import Final

from kacenv.model.status import RoomStatus
from kacenv.server.status_diff import Json, difference, extrapolate
from kacenv.session.session import Session

POLL_EVERY: Final = 0.25
"""Polling interval while clients wait (seconds); a press is seen at once."""
_RECENT: Final = 10
"""Number of the newest staff messages that are sent."""


class StatusWatch:
    """Compares the status with its extrapolation, and counts the deviations.

    Polls only on request and while clients wait. `version` begins at a random number, so that no
    client takes a new daemon for the old one.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen = compact(session.status())
        self._polled_at = -POLL_EVERY
        self._changed = asyncio.Event()
        self.version = secrets.randbelow(1_000_000_000)
        self.closed = False

    def poll(self) -> Json:
        """Return the present status, and wake all waiting clients if it has changed."""
        self._polled_at = asyncio.get_running_loop().time()
        now = compact(self._session.status())
        if difference(extrapolate(self._seen, now["at"]), now):
            self._seen = now
            self.version += 1
            self._wake()
        return now | {"version": self.version}

    async def wait_for_change(self, version: int, limit: float) -> bool:
        """Wait up to `limit` seconds for another version; return True if there is one."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + limit
        while not self.closed:
            if clock() - self._polled_at >= POLL_EVERY:
                self.poll()
            left = deadline - clock()
            if self.version != version or left <= 0:
                break
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), min(left, POLL_EVERY))
        return self.version != version

    def close(self) -> None:
        """Release all waiting clients."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def compact(status: RoomStatus) -> Json:
    """Return a status for streaming: no meters, the newest ten messages, figures rounded."""
    full = asdict(status) | {"told": [asdict(told) for told in status.told[-_RECENT:]]}
    del full["meters"], full["version"]
    rounded = _rounded(full)
    assert isinstance(rounded, dict)  # noqa: S101 - what goes in is one
    return rounded


def _rounded(value: object) -> object:
    match value:
        case float():
            return round(value, 2)
        case dict():
            return {key: _rounded(part) for key, part in value.items()}
        case list() | tuple():
            return [_rounded(part) for part in value]
        case _:
            return value
