"""The log as a technician reads it: one line an event, quiet, rotated and discreet."""

import json
import logging
import os
import shlex
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kacenv.cli import logs
from kacenv.cli.logs import log_to_file, log_to_stderr

log = logging.getLogger("kacenv.session.session")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging is afterwards as it was."""
    root, own, raising = logging.getLogger(), logging.getLogger("kacenv"), logging.raiseExceptions
    handlers, levels = root.handlers[:], (root.level, own.level)
    root.handlers.clear()
    yield
    for handler in root.handlers:
        handler.close()
    logging.captureWarnings(capture=False)
    logging.raiseExceptions = raising
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    own.setLevel(levels[1])


def read(path: Path) -> list[dict[str, Any]]:
    """A log of JSON lines."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_event_is_one_line_of_pairs(tmp_path: Path) -> None:
    """Time, level, part and words stand on a line that shells can take apart."""
    path = tmp_path / "room.log"
    log_to_file(path)
    log.info("phase %s\nof “x”", "peak")
    log.debug("not said")
    logging.getLogger("paho").info("not said either")
    (line,) = path.read_text().splitlines()
    fields = dict(pair.split("=", 1) for pair in shlex.split(line))
    assert fields.pop("at")[10] == "T"
    assert fields == {"level": "info", "from": "session.session", "said": "phase peak | of “x”"}
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_error_has_its_place_and_no_traceback(tmp_path: Path) -> None:
    """An exception is one line, too: its kind, its words, and where in kacenv it came up."""
    path = tmp_path / "room.log"
    log_to_file(path, as_json=True)
    try:
        logs._opened(tmp_path, rotate=False)
    except OSError:
        log.exception("could not be done")
    (line,) = read(path)
    assert line["error"].startswith("IsADirectoryError: ")
    assert line["where"].startswith("kacenv.cli.logs:")
    assert "Traceback" not in path.read_text()


def test_secrets_stay_out_of_the_log(tmp_path: Path) -> None:
    """Neither the words of an event nor those of its exception give a password away."""
    path = tmp_path / "room.log"
    log_to_file(path)
    try:
        int("mqtt://anna:geheim@broker")
    except ValueError:
        log.exception("password=geheim of /home/anna")
    assert "geheim" not in path.read_text()
    assert "anna" not in path.read_text()


def test_a_flood_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand events from one place twenty are said, and the next tells of the others."""
    path, now = tmp_path / "room.log", 100.0
    monkeypatch.setattr("kacenv.cli.logs.time.monotonic", lambda: now)
    log_to_file(path, as_json=True)
    for last in (*[False] * 1000, True):
        now += 60.0 if last else 0.0
        log.warning("flood")
        log.info("another") if last else None
    lines = read(path)
    assert [line["said"] for line in lines] == ["flood"] * 21 + ["another"]
    assert [line.get("withheld") for line in lines[-2:]] == ["980", None]


def test_a_long_event_is_cut(tmp_path: Path) -> None:
    """Whatever an event drags along, its line stays short."""
    path = tmp_path / "room.log"
    log_to_file(path)
    log.error("x" * 100_000)
    assert len(path.read_text()) < 1000


def test_the_file_is_rotated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is full a new one begins; three older ones are kept and no more."""
    path = tmp_path / "room.log"
    monkeypatch.setattr(logs, "MOST_BYTES", 500)
    monkeypatch.setattr(logs, "MOST_A_MINUTE", 1000)
    log_to_file(path)
    for number in range(100):
        log.info("event %d", number)
    names = sorted(one.name for one in tmp_path.iterdir())
    assert names == ["room.log", "room.log.1", "room.log.2", "room.log.3"]
    assert all(one.stat().st_size <= 500 for one in tmp_path.iterdir())
    assert "event 99" in path.read_text()


def test_the_supervisor_follows_a_rotation(tmp_path: Path) -> None:
    """What rotates is the daemon's; the other process writes on in the new file."""
    path = tmp_path / "room.log"
    log_to_file(path, rotate=False)
    log.info("before")
    path.rename(tmp_path / "room.log.1")
    log.info("after")
    assert "after" in path.read_text()
    assert "after" not in (tmp_path / "room.log.1").read_text()


def test_a_log_that_can_t_be_written_ends_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then it is said on standard error, and so is all that follows."""
    (tmp_path / "file").touch()
    log_to_file(tmp_path / "file" / "room.log")
    log.info("all the same")
    first, second = capsys.readouterr().err.splitlines()
    assert "can't be written" in first
    assert "all the same" in second


def test_a_full_disk_is_borne_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    """A line that finds no room is lost, and nothing else is."""
    log_to_file(Path("/dev/full"), rotate=False)
    log.error("lost")
    assert capsys.readouterr() == ("", "")


def test_warnings_of_libraries_are_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """A warning of Python's own kind comes as an event."""
    with warnings.catch_warnings():
        log_to_stderr()
        warnings.simplefilter("always")
        warnings.warn("old ways", stacklevel=1)
    assert 'level=warning from=py.warnings said="' in capsys.readouterr().err


def test_systemds_journal_knows_time_and_urgency() -> None:
    """Where systemd reads, a line begins with its urgency and leaves out the time."""
    code = (
        "import logging, os; from kacenv.cli.logs import log_to_stderr\n"
        "status = os.fstat(2); os.environ['JOURNAL_STREAM'] = f'{status.st_dev}:{status.st_ino}'\n"
        "log_to_stderr(); logging.getLogger('kacenv.session.session').warning('gone')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stderr == "<4>level=warning from=session.session said=gone\n"
