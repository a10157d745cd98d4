"""Exception handlers: errors as JSON, in words that a therapist can read."""

from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from kacenv.core.errors import KacenvError, LoadError, RefusedError, ReusedIdError, UnitError
from kacenv.server.http_error import ExactJsonResponse, HttpError, error_response


def add_exception_handlers(app: FastAPI) -> None:
    """Answer every error of `app` with `{"error": words}`."""
    app.add_exception_handler(KacenvError, _explain)
    app.add_exception_handler(RequestValidationError, _explain_request)
    app.add_exception_handler(HTTPException, _explain_address)
    app.add_exception_handler(Exception, _explain_fault)


class Problem(BaseModel):
    """Error in words for people."""

    error: str


def _problem(words: str) -> dict[str, Any]:
    return {"model": Problem, "description": words}


ASKING: Final[dict[int | str, dict[str, Any]]] = {
    400: _problem("No request that can be read."),
    401: _problem("Nobody has logged in."),
    403: _problem("Another page asks, or a viewer presses."),
    405: _problem("Neither GET nor POST."),
    421: _problem("The room isn't known by this name."),
    422: _problem("It can't be understood."),
    429: _problem("Too often; see Retry-After."),
}
"""Error responses of any request."""
PRESSING: Final[dict[int | str, dict[str, Any]]] = {
    **ASKING,
    408: _problem("It came too slowly."),
    409: _problem("It makes no sense now."),
    413: _problem("It is too long."),
    415: _problem("It isn't JSON."),
}
"""Error responses of a request with a body."""


def _explain(_: Request, error: Exception) -> Response:
    if isinstance(error, HttpError):
        return error_response(error)
    status = {RefusedError: 409, LoadError: 422, ReusedIdError: 422}.get(type(error), 500)
    return error_response(HttpError(status, str(error)))


def _explain_address(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - the type it's registered for
    words = {
        405: "This address is asked in another way; see /openapi.json.",
        400: "The request can't be read.",
    }.get(error.status_code, "There is nothing at this address; see /openapi.json.")
    return ExactJsonResponse({"error": words}, error.status_code, error.headers)


def _explain_fault(_: Request, __: Exception) -> Response:
    return error_response(HttpError(500, "That failed; the room goes on. Its log says more."))


def _explain_request(_: Request, error: Exception) -> Response:
    """Answer with the first validation error, in words."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - the type it's registered for
    first = error.errors()[0]
    cause = first.get("ctx", {}).get("error")
    where = ".".join(str(part) for part in first["loc"][1:])
    words = first["msg"].replace("Input should be", "expected")
    text = str(cause) if isinstance(cause, UnitError) else f"{where}: {words}".lstrip(": ")
    return error_response(HttpError(422, text))
