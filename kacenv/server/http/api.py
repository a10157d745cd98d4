"""Routes of the API, and the tablet's page."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Body, FastAPI, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from kacenv.config import SceneCard
from kacenv.engine.answers import is_changed
from kacenv.model.requests import PressField
from kacenv.model.status import RoomStatus
from kacenv.server.http.edge.access import START, access_of, authorize_press
from kacenv.server.http.edge.rate_limit import PressLimiter
from kacenv.server.http.edge.request import address_of
from kacenv.server.http.error_responses import ASKING, PRESSING, add_exception_handlers
from kacenv.server.http.event_stream import EventStream
from kacenv.server.http.login_routes import add_login
from kacenv.server.http.record_routes import add_records
from kacenv.server.http.request_id_header import RequestId
from kacenv.server.http.static_files import add_page
from kacenv.server.http.status_watch import StatusWatch
from kacenv.server.http_error import ExactJsonResponse
from kacenv.session.session import Session

VERSION = "1.0"
"""Version of the API; 1.1 would add to it, 2.0 would live below `/v2`."""
_WORDS = "Reads and drives a room. Over TCP by a token or a cookie; on the Unix socket by neither."
_SECURITY_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "From `kacenv access add`."},
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-kacenv-ROOM",
        "description": "From `/v1/login`; without TLS it is called `kacenv-ROOM`.",
    },
}
LONGEST_POLL = 25.0
"""Longest long poll of a status with `after` (seconds); below the timeouts of usual proxies."""


@dataclass(frozen=True, slots=True)
class FileOperations:
    """File operations that the API calls.

    `begin` loads a scene by its name, begins it by a request of this id, and returns the reply;
    `scenes` lists the house's.
    """

    begin: Callable[[str, str], Awaitable[str]]
    scenes: Callable[[], Awaitable[Sequence[SceneCard]]]


class Reply(BaseModel):
    """What the therapist is told, and whether the room is now other than before."""

    reply: str
    changed: bool = True


class SceneName(BaseModel):
    """The scene to begin: its name, or the path of its file."""

    scene: str


After = Annotated[
    int | None,
    Query(description="Wait up to 25 s for a `version` other than this one."),
]
_EVENTS: dict[int | str, dict[str, Any]] = {
    **ASKING,
    200: {
        "description": "Server-sent events: `status` (all of it), `change` (a JSON Merge Patch, "
        "RFC 7386) and `beat` (nothing has changed).",
        "content": {"text/event-stream": {}},
    },
}


class _DescribedApi(FastAPI):
    """Adds the security schemes of TCP to the OpenAPI description."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI description (3.1)."""
        description = super().openapi()
        description["components"]["securitySchemes"] = _SECURITY_SCHEMES
        description["security"] = [{scheme: []} for scheme in _SECURITY_SCHEMES]
        return description


def make_app(session: Session, files: FileOperations) -> FastAPI:
    """Build the room's API; version 1 lives below `/v1`, the tablet's page at `/`.

    Close `app.state.watch` before the server, or open event streams delay its shutdown.
    """
    app = _DescribedApi(
        title="kacenv",
        version=VERSION,
        description=_WORDS,
        default_response_class=ExactJsonResponse,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    app.state.watch = StatusWatch(session)
    add_exception_handlers(app)
    add_page(app)
    add_login(app)
    add_records(app, session.room.name)
    _add_reading(app, session, app.state.watch, files)
    _add_driving(app, session, app.state.watch, files)
    return app


def _add_reading(app: FastAPI, session: Session, watch: StatusWatch, files: FileOperations) -> None:
    stream = EventStream(watch)

    @app.get("/v1/status", responses=ASKING)
    async def status(after: After = None) -> RoomStatus:
        """The whole room at a moment; with `after`, the next one that is another."""
        if after is not None:
            await watch.wait_for_change(after, LONGEST_POLL)
        watch.poll()
        return replace(session.status(), version=watch.version)

    @app.get("/v1/events", response_class=StreamingResponse, responses=_EVENTS)
    async def events(request: Request) -> StreamingResponse:
        """The room now, and whatever changes, until one of the two leaves."""
        listening = stream.listen(access_of(request).is_valid)
        return StreamingResponse(listening, media_type="text/event-stream")

    @app.get("/v1/scenes", responses=ASKING)
    async def scenes() -> Sequence[SceneCard]:
        """The scenes of the house."""
        return await files.scenes()


def _add_driving(app: FastAPI, session: Session, watch: StatusWatch, files: FileOperations) -> None:
    limiter = PressLimiter()

    @app.post("/v1/requests", responses=PRESSING)
    async def requests(
        press: Annotated[PressField, Body()], request: Request, request_id: RequestId = ""
    ) -> Reply:
        """Press a key; docs/requests.md has them all."""
        authorize_press(access_of(request).principal, press)
        if not session.knows(request_id):
            limiter.check(address_of(request), press)
        before = session.state
        words = session.submit(press, request_id)
        watch.poll()
        answer = session.state.answered.get(request_id)
        changed = answer.changed if answer else is_changed(before, session.state)
        return Reply(reply=words, changed=changed)

    @app.post(START, responses=PRESSING)
    async def start(body: SceneName, request_id: RequestId = "") -> Reply:
        """Begin a scene."""
        if session.supervision is not None:
            session.supervision.retry()
        words = await files.begin(body.scene, request_id)
        watch.poll()
        return Reply(reply=words)
