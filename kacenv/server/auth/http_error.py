"""HTTP error with a message in plain words."""

from kacenv.core.errors import KacenvError
from kacenv.core.units import Seconds


class HttpError(KacenvError):
    """HTTP error: `status` as in RFC 9110; `wait` is the time until a retry (Retry-After)."""

    def __init__(self, status: int, words: str, wait: Seconds | None = None) -> None:
        super().__init__(words)
        self.status = status
        self.wait = wait
