"""Where the daemon's log goes: standard error for the system's journal, or a file with rotation.

One line an event: `key=value`, or JSON. A kind of event that comes too often is counted instead.
"""

import json
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

from kacenv.discreet import discreet

MOST_BYTES, OLDER_FILES = 1_000_000, 3
LONGEST = 600
"""Characters of what one event may say."""
MOST_A_MINUTE = 20
"""Events from one place in the program; more are withheld and counted."""
_PLAIN = re.compile(r"[\w.:+/-]+")
_URGENCY = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
"""As sd-daemon(3) has it."""


class _Line(logging.Formatter):
    """An event as one line; an exception as its kind, words and place, never as a traceback."""

    def __init__(self, *, as_json: bool, in_journal: bool) -> None:
        super().__init__()
        self._as_json, self._in_journal = as_json, in_journal

    def format(self, record: logging.LogRecord) -> str:
        """The line; in systemd's journal without the time, which that knows."""
        fields = dict(_fields(record))
        if self._in_journal:
            del fields["at"]
        line = json.dumps(fields, ensure_ascii=False) if self._as_json else _pairs(fields)
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
    """The place in our own program at which it came up."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.partition(".")[0] == "kacenv":
            place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    if place:
        yield "where", place


def _brief(text: str) -> str:
    text = discreet(text[: 2 * LONGEST].replace("\n", " | "))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _pairs(fields: dict[str, str]) -> str:
    return " ".join(f"{name}={_value(value)}" for name, value in fields.items())


def _value(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)


class _Rarely(logging.Filter):
    """Withholds what one place says more than twenty times in a minute, and then says how often."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it may be said; the first one after a flood tells how many were withheld."""
        key, now = (record.pathname, record.lineno), time.monotonic()
        since, times = self._said.get(key, (now, 0))
        if now - since >= 60.0:
            record.withheld = max(0, times - MOST_A_MINUTE)
            since, times = now, 0
        self._said[key] = since, times + 1
        return times < MOST_A_MINUTE


class _Rotating(logging.handlers.RotatingFileHandler):
    """The daemon's: begins a new file when this one is full."""

    def _open(self) -> TextIOWrapper:
        return _private(self.baseFilename)


class _Following(logging.handlers.WatchedFileHandler):
    """The supervisor's: writes where the daemon does, and leaves rotation to it."""

    def _open(self) -> TextIOWrapper:
        return _private(self.baseFilename)


def _private(path: str) -> TextIOWrapper:
    """Open a log that its owner alone may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    return TextIOWrapper(FileIO(handle, "ab"), encoding="utf-8", errors="backslashreplace")


def log_to_stderr(level: int = logging.INFO, *, as_json: bool = False) -> None:
    """Log from now on; the libraries below only when they have a warning."""
    formatter = _Line(as_json=as_json, in_journal=_stderr_is_journal())
    _log_by(logging.StreamHandler(sys.stderr), formatter, level)


def log_to_file(path: Path, *, as_json: bool = False, rotate: bool = True) -> None:
    """Log to the file `path` from now on, or to standard error where that can't be written.

    One process alone may `rotate` it; others follow.
    """
    try:
        handler = _opened(path, rotate=rotate)
    except OSError as error:
        log_to_stderr(as_json=as_json)
        reason = error.strerror or error
        logging.getLogger(__name__).warning("%s can't be written (%s); logging here", path, reason)
    else:
        _log_by(handler, _Line(as_json=as_json, in_journal=False), logging.INFO)


def _opened(path: Path, *, rotate: bool) -> logging.Handler:
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if rotate:
        return _Rotating(path, maxBytes=MOST_BYTES, backupCount=OLDER_FILES)
    return _Following(path)


def _log_by(handler: logging.Handler, formatter: logging.Formatter, level: int) -> None:
    logging.raiseExceptions = False  # a full disk must not fill the terminal
    handler.setFormatter(formatter)
    handler.addFilter(_Rarely())
    logging.captureWarnings(capture=True)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("kacenv").setLevel(level)


def _stderr_is_journal() -> bool:
    """Whether systemd reads it (JOURNAL_STREAM in systemd.exec(5))."""
    try:
        status = os.fstat(2)
    except OSError:
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"
