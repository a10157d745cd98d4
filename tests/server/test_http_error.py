"""Errors and answers as JSON hold every text."""

import json

from kacenv.core.units import Seconds
from kacenv.server.http_error import ExactJsonResponse, HttpError, error_response


def test_an_answer_is_exact_whatever_it_holds() -> None:
    """A file's name that isn't UTF-8 arrives as it is, and nothing that a terminal obeys does."""
    names = ["caf\udce9", "Ä\x9b31m"]
    body = bytes(ExactJsonResponse(names).body).decode()
    assert json.loads(body) == names
    assert "\x9b" not in body


def test_an_error_tells_what_goes_with_it() -> None:
    """The words are in the body; a wait is rounded up, and who isn't known is told how to be."""
    refused = error_response(HttpError(401, "Log in."))
    assert json.loads(bytes(refused.body)) == {"error": "Log in."}
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert "Retry-After" not in refused.headers
    busy = error_response(HttpError(429, "Wait.", wait=Seconds(1.2)))
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "2")
