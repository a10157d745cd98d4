"""What goes wrong, said in words that a therapist can read."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from kacenv.errors import KacenvError, LoadError, RefusedError, UnitError


def explain_in_words(app: FastAPI) -> None:
    """Answer every error of `app` with `{"error": words}`."""
    app.add_exception_handler(KacenvError, _explain)
    app.add_exception_handler(RequestValidationError, _explain_request)
    app.add_exception_handler(HTTPException, _explain_address)
    app.add_exception_handler(Exception, _explain_fault)


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
