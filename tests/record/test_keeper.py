"""The keeper: a record of each session that is over, whatever happened in between."""

import resource
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from record.test_gather import PLAN
from support.lives import WALL, Life, lived
from support.sessions import a_room

from kacenv.record import Keeper, Shelf, write_record
from kacenv.requests import Start
from kacenv.room import Records, Room
from kacenv.stamp import Stamp
from kacenv.units import Days

LATER = Stamp("another-boot", 10.0, WALL + 86_400.0)
PATIENCE = 20.0


class Staff:
    """Hears what is told, on any thread."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.told = threading.Event()

    def tell(self, text: str) -> None:
        """Hear it."""
        self.heard.append(text)
        self.told.set()

    def wait(self) -> str:
        """What is told next."""
        assert self.told.wait(PATIENCE)
        self.told.clear()
        return self.heard[-1]


def room(keep: int = 30) -> Room:
    """A room that keeps records for so many days."""
    return a_room().model_copy(update={"records": Records.model_construct(keep=Days(keep))})


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Where the room's journal is."""
    return tmp_path / "test.journal"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Where its records are."""
    return Shelf(tmp_path / "records")


@contextmanager
def keeping(journal: Path, shelf: Shelf, keep: int = 30) -> Iterator[tuple[Keeper, Staff]]:
    """A keeper that has not begun, and who hears of it."""
    staff = Staff()
    with closing(Keeper(room(keep), journal, staff.tell, shelf, lambda: LATER)) as keeper:
        yield keeper, staff


def test_a_session_that_ends_leaves_a_record(journal: Path, shelf: Shelf) -> None:
    """On a thread of its own; staff are told until when it is kept; the journal is done with."""
    with keeping(journal, shelf) as (keeper, staff):
        keeper.start()
        life = Life(journal)
        life.journal.on_end = keeper.ended
        life.take(0.0, Start(PLAN))
        life.end()
        assert "kept until 14 Feb 2027" in staff.wait()
    assert len(shelf.kept("test")) == 1
    assert not list(journal.parent.glob("*.last"))


def test_a_kill_between_end_and_record_costs_nothing(journal: Path, shelf: Shelf) -> None:
    """The next start writes it."""
    lived(journal, PLAN)
    with keeping(journal, shelf) as (keeper, staff):
        keeper.start()
        staff.wait()
    assert len(shelf.kept()) == 1


def test_a_session_that_is_given_up_has_a_record(journal: Path, shelf: Shelf) -> None:
    """What it was until it broke off; the next session's journal doesn't overwrite it."""
    life = Life(journal)
    life.take(0.0, Start(PLAN))
    life.end(1000.0)
    with keeping(journal, shelf) as (keeper, _):
        keeper.give_up()
        assert not journal.exists()
        keeper.look()
    assert shelf.read(shelf.kept()[0]).outcome == "broke off"


def test_a_full_disk_is_told_once_and_tried_again(journal: Path, shelf: Shelf) -> None:
    """Its journal is kept until there is room, beside that of the next session."""
    lived(journal, PLAN)
    with keeping(journal, shelf) as (keeper, staff):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
        try:
            keeper.look()
            keeper.look()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert len(staff.heard) == 1
        assert "Make room on the disk" in staff.heard[0]
        lived(journal, PLAN, begin=5.0)
        keeper.look()
    assert len(shelf.kept()) == 2
    assert not list(journal.parent.glob("*.last"))


def test_a_damaged_journal_is_told_once_and_keeps_nobody_up(journal: Path, shelf: Shelf) -> None:
    """Others are written; the next start says nothing more of it."""
    with keeping(journal, shelf) as (keeper, staff):
        journal.with_suffix(".last").write_bytes(b"rubbish\n" * 9)
        keeper.look()
        lived(journal, PLAN)
        keeper.look()
    assert ["damaged" in text for text in staff.heard] == [True, False]
    assert len(shelf.kept()) == 1


def test_none_is_written_where_none_is_kept(journal: Path, shelf: Shelf) -> None:
    """`keep: 0d`: no record, no journal, and nothing said."""
    life = Life(journal, room(0))
    life.take(0.0, Start(PLAN))
    life.end()
    with keeping(journal, shelf, 0) as (keeper, staff):
        keeper.look()
    assert (shelf.kept(), staff.heard, list(journal.parent.glob("*.last"))) == ([], [], [])


def test_old_records_go_at_the_start(journal: Path, shelf: Shelf) -> None:
    """And those that have days left stay."""
    lived(journal, PLAN)
    with keeping(journal, shelf) as (keeper, _):
        keeper.look()
        assert len(shelf.kept()) == 1
    old = shelf.folder / "test-2026-12-01-00000000.json"
    old.write_text("{}")
    with keeping(journal, shelf) as (keeper, _):
        keeper.look()
    assert not old.exists()
    assert len(shelf.kept()) == 1


def test_another_room_is_none_of_its_business(journal: Path, shelf: Shelf) -> None:
    """Neither its journals nor its records."""
    lived(journal.with_name("test-two.journal"), PLAN)
    with keeping(journal, shelf) as (keeper, _):
        keeper.look()
    assert shelf.kept() == []
    assert journal.with_name("test-two.last").exists()


def test_a_fault_of_our_own_is_told_and_ends_nothing(
    journal: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal is kept, and the keeper goes on."""
    lived(journal, PLAN)
    with keeping(journal, shelf) as (keeper, staff):
        with monkeypatch.context() as patch:
            patch.setattr("kacenv.record.keeper.account_of", lambda _: 1 / 0)
            keeper.look()
        assert "its journal is kept" in staff.heard[0]
        keeper.look()
    assert len(shelf.kept()) == 1


def test_writing_twice_is_writing_once(journal: Path, shelf: Shelf) -> None:
    """The same journal gives the same files."""
    last = lived(journal, PLAN)
    first = write_record(last, shelf)
    assert write_record(last, shelf) == first
    assert len(list(shelf.folder.iterdir())) == 3
