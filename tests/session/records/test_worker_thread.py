"""The keeper: the clerk is sent when there is something to do, and staff hear what it says."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from session.records.test_builder import PLAN
from session.records.test_record_writer import room
from support.lives import Life, lived

from kacenv.core.units import Days
from kacenv.model.requests import Start
from kacenv.session.records import RecordStore, RecordWorker
from kacenv.session.records.worker_process import command

PATIENCE = 180.0


class Staff:
    """Hears what is told, on any thread."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.told = threading.Semaphore(0)

    def tell(self, text: str) -> None:
        """Hear it."""
        self.heard.append(text)
        self.told.release()

    def wait(self) -> str:
        """What is told next."""
        assert self.told.acquire(timeout=PATIENCE)
        return self.heard[-1]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Where the room's journal is."""
    return tmp_path / "test.journal"


@pytest.fixture
def cabinet(tmp_path: Path) -> RecordStore:
    """Where its records are."""
    return RecordStore(tmp_path / "records")


@contextmanager
def keeping(journal: Path, cabinet: RecordStore) -> Iterator[tuple[RecordWorker, Staff]]:
    """A keeper that has not begun, and who hears of it."""
    staff = Staff()
    with closing(RecordWorker(room(), journal, staff.tell, cabinet)) as keeper:
        yield keeper, staff


def test_a_session_that_ends_leaves_a_record(journal: Path, cabinet: RecordStore) -> None:
    """In a process of its own; staff are told until when it is kept."""
    with keeping(journal, cabinet) as (keeper, staff):
        keeper.start()
        life = Life(journal)
        life.journal.on_end = keeper.ended
        life.take(0.0, Start(PLAN))
        life.end()
        assert "kept until 14 Feb 2027" in staff.wait()
    assert len(cabinet.kept("test")) == 1
    assert not list(journal.parent.glob("*.last"))


def test_a_kill_between_end_and_record_costs_nothing(journal: Path, cabinet: RecordStore) -> None:
    """The next start writes it."""
    lived(journal, PLAN)
    with keeping(journal, cabinet) as (keeper, staff):
        keeper.start()
        staff.wait()
    assert len(cabinet.kept()) == 1


def test_a_session_that_is_given_up_is_put_aside(journal: Path, cabinet: RecordStore) -> None:
    """The next session's journal doesn't overwrite it."""
    life = Life(journal)
    life.take(0.0, Start(PLAN))
    life.end(1000.0)
    with keeping(journal, cabinet) as (keeper, staff):
        keeper.put_aside(journal)
        assert not journal.exists()
        keeper.start()
        staff.wait()
    assert cabinet.read(cabinet.kept()[0]).outcome == "broke off"


def test_a_fault_is_told_once_until_it_is_gone(
    journal: Path, cabinet: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the clerk says, or if it dies without a word."""
    fault, good = ("No room.", True), ("It is kept.", False)
    talk = "".join(f"{json.dumps(one)}\n" for one in (fault, fault, good, fault))
    code = f"import sys; sys.stdout.write({talk!r}); sys.exit(3)"
    child = [sys.executable, "-c", code]
    monkeypatch.setattr("kacenv.session.records.worker_thread.command", lambda *_: child)
    with keeping(journal, cabinet) as (keeper, staff):
        keeper.start()
        for _ in range(4):
            staff.wait()
    assert staff.heard[:3] == ["No room.", "It is kept.", "No room."]
    assert "the log says more" in staff.heard[3]


def test_a_clerk_that_hangs_holds_nobody_up(
    journal: Path, cabinet: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the room closes, it is ended."""
    said = json.dumps(("I hang.", True))
    code = f"import signal; print({said!r}, flush=True); signal.pause()"
    monkeypatch.setattr(
        "kacenv.session.records.worker_thread.command", lambda *_: [sys.executable, "-c", code]
    )
    monkeypatch.setattr("kacenv.session.records.worker_thread._TIMEOUT", 0.2)
    with keeping(journal, cabinet) as (keeper, staff):
        keeper.start()
        staff.wait()
    assert "records" not in {thread.name for thread in threading.enumerate()}


REFUSED = """\
import os
def refused(*_): raise PermissionError
os.setpriority = refused
"""


@pytest.mark.parametrize(
    ("before", "asked", "answer"),
    [
        ("", "os.getpriority(os.PRIO_PROCESS, 0)", 10),
        (REFUSED, "os.sched_getscheduler(0)", os.SCHED_IDLE),
    ],
)
def test_the_clerk_steps_back_behind_everybody(
    journal: Path, cabinet: RecordStore, before: str, asked: str, answer: int
) -> None:
    """Before it loads anything, in the way in which it may."""
    program, option, code, *_ = command(journal, Days(30), cabinet)
    first = f"{before}{code.partition('from kacenv')[0]}print({asked})"
    done = subprocess.run([program, option, first], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(answer)
