"""A watch on the room: who waits here is woken when something has changed."""

import asyncio
import secrets
from contextlib import suppress

from kacenv.api.change import Json, compact, difference, foretell
from kacenv.session import Session

LOOK_EVERY = 0.25
"""Seconds between two looks while somebody waits; a press is seen at once."""


class Watch:
    """Compares the room with what it was foretold to be, and counts the surprises.

    It looks when it is asked to, and while somebody waits; a room that nobody watches costs
    nothing. `version` begins anywhere, so that no surface takes a new daemon for the old one.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen = compact(session.status())
        self._looked_at = -LOOK_EVERY
        self._news = asyncio.Event()
        self.version = secrets.randbelow(1_000_000_000)
        self.closed = False

    def look(self) -> Json:
        """The room as it is now; wakes everybody if that is a surprise."""
        self._looked_at = asyncio.get_running_loop().time()
        now = compact(self._session.status())
        if difference(foretell(self._seen, now["at"]), now):
            self._seen = now
            self.version += 1
            self._wake()
        return now | {"version": self.version}

    async def beyond(self, version: int, patience: float) -> bool:
        """Whether the version is, or becomes within `patience` seconds, another than `version`."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + patience
        while not self.closed:
            if clock() - self._looked_at >= LOOK_EVERY:
                self.look()
            left = deadline - clock()
            if self.version != version or left <= 0:
                break
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(left, LOOK_EVERY))
        return self.version != version

    def close(self) -> None:
        """Let everybody go who waits."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
