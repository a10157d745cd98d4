"""The API: every surface drives the room through it, and reads the room from it."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Body, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from kacenv import __version__
from kacenv.errors import KacenvError, LoadError, RefusedError, UnitError
from kacenv.requests import PressField
from kacenv.session import Session
from kacenv.status import RoomStatus

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
    app.add_exception_handler(HTTPException, _explain_address)
    app.add_exception_handler(Exception, _explain_fault)

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


def _explain_address(_: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 404
    return JSONResponse({"error": "There is nothing at this address; see /openapi.json."}, code)


def _explain_fault(_: Request, __: Exception) -> Response:
    return JSONResponse({"error": "That failed; the room goes on. Its log says more."}, 500)


def _explain_request(_: Request, error: Exception) -> Response:
    """The first thing wrong with a request, in words."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - the type it's registered for
    first = error.errors()[0]
    cause = first.get("ctx", {}).get("error")
    where = ".".join(str(part) for part in first["loc"][1:])
    words = first["msg"].replace("Input should be", "expected")
    text = str(cause) if isinstance(cause, UnitError) else f"{where}: {words}".lstrip(": ")
    return JSONResponse({"error": text}, 422)
