"""Server-sent events: only the changes that clients can't extrapolate."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable

from kacenv.core.plain_text import json_text
from kacenv.server.http.status_watch import StatusWatch
from kacenv.server.status_diff import Json, difference, extrapolate, merge

_log = logging.getLogger(__name__)
KEEP_ALIVE = 2.0
"""Interval of keep-alive events while nothing changes (seconds)."""
LEAST_INTERVAL = 0.1
"""Least time between two changes (seconds), however many presses come in."""


class _EventNode:
    """Linked list of events; those that every stream has passed are garbage."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._next: _EventNode | None = None
        self._is_set = asyncio.Event()

    def set_next(self, event: "_EventNode | None") -> None:
        """Set the next event; None ends the streams."""
        self._next = event
        self._is_set.set()

    async def next(self) -> "_EventNode | None":
        """Wait for the next event."""
        await self._is_set.wait()
        return self._next


class EventStream:
    """Computes events once for all streams: a hundred tablets cost little more than one."""

    def __init__(self, watch: StatusWatch) -> None:
        self._watch = watch
        self._shown: Json = {}
        self._last = _EventNode("")
        self._listeners = 0
        self._publishing: asyncio.Task[None] | None = None

    async def listen(
        self, is_allowed: Callable[[], bool] = lambda: True
    ) -> AsyncGenerator[str, None]:
        """Yield the whole status at once, then each change, or a keep-alive.

        The stream ends when `is_allowed` returns False: its reader is no longer authorized.
        """
        if self._watch.closed:
            return
        self._listeners += 1
        try:
            self._start_publishing()
            event: _EventNode | None = self._last
            yield _text("status", self._shown)
            while event and is_allowed():
                event = await event.next()
                if event and is_allowed():
                    yield event.text
        finally:
            self._listeners -= 1
            if self._listeners == 0 and self._publishing is not None:
                self._publishing.cancel()
                self._publishing = None

    def _start_publishing(self) -> None:
        """Bring the shown status up to date, and start the publishing task."""
        if self._publishing is not None and not self._publishing.done():
            self._catch_up()
            return
        self._shown, self._last = self._watch.poll(), _EventNode("")
        self._publishing = asyncio.create_task(self._publish())

    async def _publish(self) -> None:
        """Publish until closed; any failure ends the streams, and clients reconnect."""
        try:
            await self._publish_loop()
        except Exception:  # noqa: BLE001 - a stream that hangs would look like a quiet room
            _log.exception("the room can't be shown")
        self._last.set_next(None)

    async def _publish_loop(self) -> None:
        while not self._watch.closed:
            if await self._watch.wait_for_change(self._shown["version"], KEEP_ALIVE):
                self._catch_up()
                await asyncio.sleep(LEAST_INTERVAL)
            elif not self._watch.closed:
                self._shown = extrapolate(self._shown, self._watch.poll()["at"])
                self._add(_text("beat", {"at": self._shown["at"]}))

    def _catch_up(self) -> None:
        now = self._watch.poll()
        expected = extrapolate(self._shown, now["at"])
        patch = difference(expected, now)
        if patch:
            patch |= {"at": now["at"]}
            self._add(_text("change", patch))
        self._shown = merge(expected, patch)

    def _add(self, text: str) -> None:
        event = _EventNode(text)
        self._last.set_next(event)
        self._last = event


def _text(name: str, data: Json) -> str:
    text = json_text(data, compact=True)
    return f"event: {name}\ndata: {text}\n\n"
