"""Logging of the daemon: to standard error for systemd's journal, or to a rotated file.

One line an event: `key=value`, or JSON. Events that come too often are only counted.
"""

import logging
import logging.handlers
import os
import re
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from io import FileIO, TextIOWrapper
from pathlib import Path

from kacenv.core.plain_text import json_text
from kacenv.system.redact import redact

MOST_BYTES, OLDER_FILES = 1_000_000, 3
LONGEST = 600
"""Most characters of an event's text."""
MOST_A_MINUTE = 20
"""Events a minute from one place in the program; more are withheld and counted."""
_PLAIN = re.compile(r"[\w.:+/-]+")
_URGENCY = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
"""Priorities of sd-daemon(3)."""


class _LogLine(logging.Formatter):
    """Formats an event as one line; an exception as type, message and place, no traceback."""

    def __init__(self, *, as_json: bool, in_journal: bool) -> None:
        super().__init__()
        self._as_json, self._in_journal = as_json, in_journal

    def format(self, record: logging.LogRecord) -> str:
        """Format a record; in systemd's journal without the time, which the journal adds."""
        fields = dict(_fields(record))
        if self._in_journal:
            del fields["at"]
        line = json_text(fields) if self._as_json else _pairs(fields)
        return f"<{_URGENCY[fields['level']]}>{line}" if self._in_journal else line


def _fields(record: logging.LogRecord) -> Iterator[tuple[str, str]]:
    yield (
        "at",
        datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds"),
    )
    yield "level", record.levelname.lower()
    yield "from", record.name.removeprefix("kacenv.")
    yield "said", _brief(record.getMessage())
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        yield "error", _brief(f"{type(error).__name__}: {error}")
        yield from _where(error)
    if withheld := getattr(record, "withheld", 0):
        yield "withheld", str(withheld)


def _where(error: BaseException) -> Iterator[tuple[str, str]]:
    """Yield the place in kacenv's own code where an exception was raised."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.partition(".")[0] == "kacenv":
            place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    if place:
        yield "where", place


def _brief(text: str) -> str:
    text = redact(text[: 2 * LONGEST].replace("\n", " | "))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _pairs(fields: dict[str, str]) -> str:
    return " ".join(f"{name}={_value(value)}" for name, value in fields.items())


def _value(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else json_text(value)


class _RateLimitFilter(logging.Filter):
    """Rate limit of twenty events a minute from one place, with a count of those withheld."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True if a record may pass; the first one after a flood has the count."""
        key, now = (record.pathname, record.lineno), time.monotonic()
        since, times = self._said.get(key, (now, 0))
        if now - since >= 60.0:
            record.withheld = max(0, times - MOST_A_MINUTE)
            since, times = now, 0
        self._said[key] = since, times + 1
        return times < MOST_A_MINUTE


class _RotatingFile(logging.handlers.RotatingFileHandler):
    """Log file of the daemon, with rotation."""

    def _open(self) -> TextIOWrapper:
        return _private(self.baseFilename)


class _FollowedFile(logging.handlers.WatchedFileHandler):
    """Log file of the supervisor, which follows the daemon's rotation."""

    def _open(self) -> TextIOWrapper:
        return _private(self.baseFilename)


def _private(path: str) -> TextIOWrapper:
    """Open a log file readable by its owner alone."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    return TextIOWrapper(FileIO(handle, "ab"), encoding="utf-8", errors="backslashreplace")


def log_to_stderr(level: int = logging.INFO, *, as_json: bool = False) -> None:
    """Log to standard error; other libraries only from warnings on."""
    formatter = _LogLine(as_json=as_json, in_journal=_stderr_is_journal())
    _log_by(logging.StreamHandler(sys.stderr), formatter, level)


def log_to_file(path: Path, *, as_json: bool = False, rotate: bool = True) -> None:
    """Log to the file `path`, or to standard error if that can't be written.

    Only one process may `rotate` it; others follow.
    """
    try:
        handler = _opened(path, rotate=rotate)
    except OSError as error:
        log_to_stderr(as_json=as_json)
        reason = error.strerror or error
        logging.getLogger(__name__).warning("%s can't be written (%s); logging here", path, reason)
    else:
        _log_by(handler, _LogLine(as_json=as_json, in_journal=False), logging.INFO)


def _opened(path: Path, *, rotate: bool) -> logging.Handler:
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if rotate:
        return _RotatingFile(path, maxBytes=MOST_BYTES, backupCount=OLDER_FILES)
    return _FollowedFile(path)


def _log_by(handler: logging.Handler, formatter: logging.Formatter, level: int) -> None:
    logging.raiseExceptions = False  # a full disk must not fill the terminal
    handler.setFormatter(formatter)
    handler.addFilter(_RateLimitFilter())
    logging.captureWarnings(capture=True)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("kacenv").setLevel(level)


def _stderr_is_journal() -> bool:
    """Return True if standard error is systemd's journal (JOURNAL_STREAM in systemd.exec(5))."""
    try:
        status = os.fstat(2)
    except OSError:
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"
