"""Where the daemon's log goes: standard error, one line an event, for the system's journal."""

import logging
import sys


class _OneLine(logging.Formatter):
    """An event as one line; an exception as its kind and its words, never as a traceback."""

    def formatException(self, ei: object) -> str:  # noqa: N802 - the library's name
        """The last word of an exception."""
        error = ei[1] if isinstance(ei, tuple) else None
        return f"{type(error).__name__}: {error}"

    def format(self, record: logging.LogRecord) -> str:
        """The event without line breaks."""
        return super().format(record).replace("\n", " | ")


def log_to_stderr(level: int = logging.INFO) -> None:
    """Log from now on; the libraries below only when they have a warning."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("kacenv").setLevel(level)
