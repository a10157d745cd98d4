"""The writer: a record of each session that is over, whatever happened in between."""

import os
from pathlib import Path

import pytest
from support.full_disk import full_disk
from support.lives import PLAN, WALL, Life, a_room_that_keeps, lived

from kacenv.core.units import Days
from kacenv.model.requests import Start
from kacenv.session.journal import read_complete
from kacenv.session.records import RecordStore, RecordWriter, write_record
from kacenv.session.records.pending_journals import TRIES, put_aside
from kacenv.system.timestamps import Timestamp

LATER = Timestamp("another-boot", 10.0, WALL + 86_400.0)


def ended(journal: Path, keep: int = 30, begin: float = 0.0) -> None:
    """A session has ended, in a room that kept records for so many days, and waits."""
    wait(lived(journal, PLAN, begin=begin, room=a_room_that_keeps(keep)), begin)


def wait(last: Path, at: float = 0.0) -> None:
    """Have a journal wait that was last written to when its session was on."""
    os.utime(last, (WALL + at, WALL + at))
    put_aside(last)


def look(journal: Path, store: RecordStore, keep: int = 30, now: Timestamp = LATER) -> list[str]:
    """What a writer says that looks now, by a clock that is right."""
    writer = RecordWriter(journal, Days(keep), store, lambda: now, lambda: True)
    return [said.text for said in writer.write_pending()]


def left(journal: Path) -> list[str]:
    """The kinds of files beside the records."""
    return [path.suffix for path in journal.parent.iterdir() if path.is_file()]


def test_a_session_leaves_a_record(journal: Path, store: RecordStore) -> None:
    """Staff are told until when it is kept; the journal is done with."""
    ended(journal)
    (said,) = look(journal, store)
    assert "kept until 14 Feb 2027 at the latest" in said
    assert len(store.kept("test")) == 1
    assert left(journal) == []


def test_one_that_was_never_carried_on_has_a_record(journal: Path, store: RecordStore) -> None:
    """What it was until it broke off."""
    life = Life(journal)
    life.take(0.0, Start(PLAN))
    wait(life.end(1000.0))
    look(journal, store)
    assert store.read(store.kept()[0]).outcome == "broke off"


def test_a_full_disk_is_said_and_it_is_tried_again(journal: Path, store: RecordStore) -> None:
    """However often: its journal is kept until there is room, beside that of the next session."""
    ended(journal)
    with full_disk(2000):
        for _ in range(TRIES + 1):
            (said,) = look(journal, store)
            assert "Make room on the disk" in said
    second = lived(journal, PLAN, begin=5.0, room=a_room_that_keeps())
    run = read_complete(second).run
    wait(second, 5.0)
    assert len(look(journal, store)) == 2
    assert [kept.id for kept in store.kept()][1:] == [run]
    assert left(journal) == []


def test_a_damaged_journal_keeps_nobody_up(journal: Path, store: RecordStore) -> None:
    """It is told of once, and others are written; an empty one is nothing."""
    for text in (b"rubbish\n" * 9, b""):
        journal.write_bytes(text)
        wait(journal)
    ended(journal)
    said = look(journal, store)
    assert sorted("damaged" in text for text in said) == [False, True]
    assert look(journal, store) == []
    assert (len(store.kept()), left(journal)) == (1, [".damaged"])


@pytest.mark.parametrize(("then", "now"), [(0, 30), (30, 0), (0, 0)])
def test_none_is_written_where_none_is_kept(
    journal: Path, store: RecordStore, then: int, now: int
) -> None:
    """`keep: 0d`, when the session was or today: no record, no journal, and nothing said."""
    ended(journal, then)
    assert look(journal, store, now) == []
    assert (store.kept(), left(journal)) == ([], [])


@pytest.mark.parametrize(("then", "now"), [(7, 30), (30, 7)])
def test_the_shorter_setting_is_promised(
    journal: Path, store: RecordStore, then: int, now: int
) -> None:
    """That of the session's day, or today's."""
    ended(journal, then)
    assert "22 Jan 2027" in look(journal, store, now)[0]
    assert store.read(store.kept()[0]).kept_until == "2027-01-22"


def test_old_records_go(journal: Path, store: RecordStore) -> None:
    """And those that have days left stay."""
    ended(journal)
    look(journal, store)
    old = store.folder / "test-2026-12-01-00000000.json"
    old.write_text("{}")
    look(journal, store)
    assert not old.exists()
    assert len(store.kept()) == 1


def test_what_was_just_written_stays(journal: Path, store: RecordStore) -> None:
    """Even if its session is long ago by the clock, which may have been set since."""
    ended(journal)
    look(journal, store, now=LATER._replace(wall=WALL + 400 * 86_400.0))
    assert len(store.kept()) == 1


def test_a_clock_that_has_been_set_since_is_put_right(journal: Path, store: RecordStore) -> None:
    """A session on a machine that had its first day, set before the record is written."""
    ended(journal)
    set_since = Timestamp("a-boot", 5000.0 + 90_000.0, WALL + 300 * 86_400.0)
    look(journal, store, now=set_since)
    look(journal, store, now=set_since)
    assert [kept.day for kept in store.kept()] == ["2027-11-10"]


def test_a_fault_of_our_own_ends_nothing(
    journal: Path, store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal is kept, and tried again; after some failures staff aren't told any more."""
    ended(journal)
    with monkeypatch.context() as patch:
        patch.setattr("kacenv.session.records.record_writer.build_record", lambda *_: 1 / 0)
        assert "its journal is kept" in look(journal, store)[0]
    assert len(look(journal, store)) == 1
    assert len(store.kept()) == 1
    ended(journal)
    with monkeypatch.context() as patch:
        patch.setattr("kacenv.session.records.record_writer.build_record", lambda *_: 1 / 0)
        told = [len(look(journal, store)) for _ in range(TRIES + 1)]
    assert told == [1] * TRIES + [0]
    assert left(journal) == [".damaged"]


def test_what_staff_remove_meanwhile_stays_removed(
    journal: Path, store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that was being written just then is taken away again."""
    ended(journal)
    put = RecordStore.put

    def removed_meanwhile(*of: object) -> object:
        for path in journal.parent.glob("*.last"):
            path.unlink()
        return put(*of)  # type: ignore[arg-type] # as it came

    monkeypatch.setattr(RecordStore, "put", removed_meanwhile)
    assert look(journal, store) == []
    assert store.kept() == []


def test_writing_twice_is_writing_once(journal: Path, store: RecordStore) -> None:
    """The same journal gives the same files."""
    last = lived(journal, PLAN)
    first = write_record(last, store)
    assert write_record(last, store) == first
    assert len(list(store.folder.iterdir())) == 3
