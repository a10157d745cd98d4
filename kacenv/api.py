"""The API: every surface drives the room through it, and reads the room from it."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Body, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from kacenv import __version__
from kacenv.errors import KacenvError, LoadError, RefusedError, UnitError
from kacenv.requests import PressField
from kacenv.session import RoomStatus, Session

Begin = Callable[[str], Awaitable[str]]
"""Loads a scene by its name, begins it and says so."""


class Reply(BaseModel):
    """What the therapist is told."""

    reply: str


class SceneName(BaseModel):
    """The scene to begin: its name, or the path of its file."""

    scene: str


def make_app(session: Session, begin: Begin) -> FastAPI:
    """The room's API; version 1 lives below `/v1`."""
    app = FastAPI(title="kacenv", version=__version__, docs_url=None, redoc_url=None)
    app.add_exception_handler(KacenvError, _explain)
    app.add_exception_handler(RequestValidationError, _explain_request)

    @app.get("/v1/status")
    async def status() -> RoomStatus:
        return session.status()

    @app.post("/v1/requests")
    async def requests(press: Annotated[PressField, Body()]) -> Reply:
        return Reply(reply=session.submit(press))

    @app.post("/v1/start")
    async def start(body: SceneName) -> Reply:
        return Reply(reply=await begin(body.scene))

    return app


def _explain(_: Request, error: Exception) -> Response:
    status = {RefusedError: 409, LoadError: 422}.get(type(error), 500)
    return JSONResponse({"error": str(error)}, status)


def _explain_request(_: Request, error: Exception) -> Response:
    """The first thing wrong with a request, in words."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - the type it's registered for
    first = error.errors()[0]
    cause = first.get("ctx", {}).get("error")
    where = ".".join(str(part) for part in first["loc"][1:])
    words = first["msg"].replace("Input should be", "expected")
    text = str(cause) if isinstance(cause, UnitError) else f"{where}: {words}"
    return JSONResponse({"error": text}, 422)
