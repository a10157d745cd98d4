"""The worker: it is sent when there is something to do, and staff hear what it says."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from support.lives import PLAN, Life, a_room_that_keeps, lived
from support.staff import Staff
from support.waiting import PATIENCE

from kacenv.core.units import Days
from kacenv.model.requests import Start
from kacenv.session.records import RecordStore, RecordWorker
from kacenv.session.records.record_worker import command


@contextmanager
def waiting(journal: Path, store: RecordStore) -> Iterator[tuple[RecordWorker, Staff]]:
    """A worker that has not begun, and who hears of it."""
    staff = Staff()
    with closing(RecordWorker(a_room_that_keeps(), journal, staff.tell, store)) as worker:
        yield worker, staff


def test_a_session_that_ends_leaves_a_record(journal: Path, store: RecordStore) -> None:
    """In a process of its own; staff are told until when it is kept."""
    with waiting(journal, store) as (worker, staff):
        worker.start()
        life = Life(journal)
        life.journal.on_end = worker.ended
        life.take(0.0, Start(PLAN))
        life.end()
        assert staff.wait_for("kept until 14 Feb 2027", PATIENCE)
    assert len(store.kept("test")) == 1
    assert not list(journal.parent.glob("*.last"))


def test_a_kill_between_end_and_record_costs_nothing(journal: Path, store: RecordStore) -> None:
    """The next start writes it."""
    lived(journal, PLAN)
    with waiting(journal, store) as (worker, staff):
        worker.start()
        assert staff.wait_for("", PATIENCE)
    assert len(store.kept()) == 1


def test_a_session_that_is_given_up_is_put_aside(journal: Path, store: RecordStore) -> None:
    """The next session's journal doesn't overwrite it."""
    life = Life(journal)
    life.take(0.0, Start(PLAN))
    life.end(1000.0)
    with waiting(journal, store) as (worker, staff):
        worker.put_aside(journal)
        assert not journal.exists()
        worker.start()
        assert staff.wait_for("", PATIENCE)
    assert store.read(store.kept()[0]).outcome == "broke off"


def test_a_fault_is_told_once_until_it_is_gone(
    journal: Path, store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the worker says, or if it dies without a word."""
    fault, good = ("No room.", True), ("It is kept.", False)
    talk = "".join(f"{json.dumps(one)}\n" for one in (fault, fault, good, fault))
    code = f"import sys; sys.stdout.write({talk!r}); sys.exit(3)"
    child = [sys.executable, "-c", code]
    monkeypatch.setattr("kacenv.session.records.record_worker.command", lambda *_: child)
    with waiting(journal, store) as (worker, staff):
        worker.start()
        assert staff.wait_for("the log says more", PATIENCE)
    assert staff.heard[:3] == ["No room.", "It is kept.", "No room."]
    assert len(staff.heard) == 4


def test_a_worker_that_hangs_holds_nobody_up(
    journal: Path, store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the room closes, it is ended."""
    said = json.dumps(("I hang.", True))
    code = f"import signal; print({said!r}, flush=True); signal.pause()"
    monkeypatch.setattr(
        "kacenv.session.records.record_worker.command", lambda *_: [sys.executable, "-c", code]
    )
    monkeypatch.setattr("kacenv.session.records.record_worker._TIMEOUT", 0.2)
    with waiting(journal, store) as (worker, staff):
        worker.start()
        assert staff.wait_for("", PATIENCE)
    assert "records" not in {thread.name for thread in threading.enumerate()}


REFUSED = """\
import os
def refused(*_): raise PermissionError
os.setpriority = refused
"""


NICENESS = 10 if os.geteuid() == 0 else max(10, os.getpriority(os.PRIO_PROCESS, 0))
"""Only root may come forward from where the tests themselves have stepped back to."""


@pytest.mark.parametrize(
    ("before", "asked", "answer"),
    [
        ("", "os.getpriority(os.PRIO_PROCESS, 0)", NICENESS),
        (REFUSED, "os.sched_getscheduler(0)", os.SCHED_IDLE),
    ],
)
def test_the_worker_steps_back_behind_everybody(
    journal: Path, store: RecordStore, before: str, asked: str, answer: int
) -> None:
    """Before it loads anything, in the way in which it may."""
    program, option, code, *_ = command(journal, Days(30), store)
    first = f"{before}{code.partition('from kacenv')[0]}print({asked})"
    done = subprocess.run([program, option, first], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(answer)
