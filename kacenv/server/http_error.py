"""HTTP error with a message in plain words, the response that says it, and JSON for all others."""

import math
from typing import Any

from starlette.responses import JSONResponse

from kacenv.core.errors import KacenvError
from kacenv.core.plain_text import json_text
from kacenv.core.units import Seconds


class HttpError(KacenvError):
    """HTTP error: `status` as in RFC 9110; `wait` is the time until a retry (Retry-After)."""

    def __init__(self, status: int, words: str, wait: Seconds | None = None) -> None:
        super().__init__(words)
        self.status = status
        self.wait = wait


class ExactJsonResponse(JSONResponse):
    """JSON that is exact whatever texts hold: names of files that aren't UTF-8, too."""

    def render(self, content: Any) -> bytes:
        """Return the content as JSON."""
        return json_text(content, compact=True).encode()


def error_response(error: HttpError) -> JSONResponse:
    """Return the response to an error: `{"error": words}`, with the headers that go with it."""
    headers = {}
    if error.wait:
        headers["Retry-After"] = str(math.ceil(error.wait))
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return ExactJsonResponse({"error": str(error)}, error.status, headers)
