"""The hatch: what every request over the room's Unix socket must pass."""

from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from kacenv.access import Refusal
from kacenv.api.body import say, whole
from kacenv.api.line import Line, line_options
from kacenv.api.visit import Visit

MOST_SILENT: Final = 64
"""Lines that may stand open without a request; the oldest makes room for the newest."""
MOST_AT_ONCE: Final = 512
"""Lines and requests at once; files and sockets of the session must never run out."""


class Hatch:
    """Lets requests through to `app` once all of each is here; the system has let callers in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or say why not."""
        try:
            receive = await whole(Visit(scope), receive)
        except Refusal as refusal:
            await say(refusal, send)
            return
        await self._app(scope, receive, send)


class _HatchLine(Line):
    """A line that gives way to newer ones as long as nothing is asked on it."""

    silent: dict["_HatchLine", None]

    def _expect(self) -> None:
        super()._expect()
        self.silent[self] = None
        while len(self.silent) > MOST_SILENT:
            next(iter(self.silent)).give_up()

    def _relax(self) -> None:
        super()._relax()
        self.silent.pop(self, None)

    def give_up(self) -> None:
        """Break it off, and count it no more."""
        self.silent.pop(self, None)
        super().give_up()


def hatch_options() -> dict[str, Any]:
    """What uvicorn is told of the lines over one Unix socket."""
    own = type("HatchLine", (_HatchLine,), {"silent": {}})
    return {**line_options(), "http": own, "limit_concurrency": MOST_AT_ONCE}
