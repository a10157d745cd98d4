"""Journals that wait for their record."""

import os
from pathlib import Path

from kacenv.session.records import forget
from kacenv.session.records.pending_journals import TRIES, count_failure, put_aside, waiting


def test_what_is_put_aside_waits_in_the_order_in_which_it_ended(journal: Path) -> None:
    """Each under a name of its own, whatever that is."""
    for number in (3, 1, 2):
        last = journal.with_suffix(".last")
        last.write_text(str(number))
        os.utime(last, (number, number))
        put_aside(last)
    assert [path.read_text() for path in waiting(journal)] == ["1", "2", "3"]
    put_aside(journal)
    assert len(waiting(journal)) == 3


def test_another_rooms_do_not_wait_here(journal: Path) -> None:
    """Not those of a room whose name begins alike either."""
    other = journal.with_name("test-two.last")
    other.write_text("x")
    put_aside(other)
    assert waiting(journal) == []


def test_after_some_failures_it_is_damaged(journal: Path) -> None:
    """And until then it waits."""
    journal.write_text("x")
    put_aside(journal)
    for _ in range(TRIES):
        (path,) = waiting(journal)
        count_failure(path)
    assert waiting(journal) == []
    assert [path.suffix for path in journal.parent.iterdir()] == [".damaged"]


def test_what_waits_is_forgotten(journal: Path) -> None:
    """Of one room or of all; never a session that is on, nor what isn't ours."""
    names = ["test.last", "test.0000000a.last", "test.0000000a-1.last", "test.damaged"]
    for name in [*names, "other.last", "test.journal", "my notes.last"]:
        journal.with_name(name).write_text("x")
    assert forget(journal.parent, "test") == 4
    assert forget(journal.parent) == 1
    left = {path.name for path in journal.parent.iterdir()}
    assert left == {"test.journal", "my notes.last"}
