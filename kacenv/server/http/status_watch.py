"""Change detection on the room's status, with waiting clients woken on a change."""

import asyncio
import secrets
from contextlib import suppress

from kacenv.server.http.status_diff import Json, compact, difference, extrapolate
from kacenv.session.session import Session

LOOK_EVERY = 0.25
"""Polling interval while clients wait (seconds); a press is seen at once."""


class StatusWatch:
    """Compares the status with its extrapolation, and counts the deviations.

    Polls only on request and while clients wait. `version` begins at a random number, so that no
    client takes a new daemon for the old one.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen = compact(session.status())
        self._looked_at = -LOOK_EVERY
        self._news = asyncio.Event()
        self.version = secrets.randbelow(1_000_000_000)
        self.closed = False

    def poll(self) -> Json:
        """Return the present status, and wake all waiting clients if it has changed."""
        self._looked_at = asyncio.get_running_loop().time()
        now = compact(self._session.status())
        if difference(extrapolate(self._seen, now["at"]), now):
            self._seen = now
            self.version += 1
            self._wake()
        return now | {"version": self.version}

    async def wait_for_change(self, version: int, patience: float) -> bool:
        """Wait up to `patience` seconds for another version; return True if there is one."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + patience
        while not self.closed:
            if clock() - self._looked_at >= LOOK_EVERY:
                self.poll()
            left = deadline - clock()
            if self.version != version or left <= 0:
                break
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(left, LOOK_EVERY))
        return self.version != version

    def close(self) -> None:
        """Release all waiting clients."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
