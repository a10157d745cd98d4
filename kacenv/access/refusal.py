"""A refusal: why somebody isn't let in, in words and as an HTTP status."""

from kacenv.errors import KacenvError
from kacenv.units import Seconds


class Refusal(KacenvError):  # noqa: N818 - no mistake of anybody's
    """`status` as in RFC 9110; after `wait` it may be tried again."""

    def __init__(self, status: int, words: str, wait: Seconds | None = None) -> None:
        super().__init__(words)
        self.status = status
        self.wait = wait
