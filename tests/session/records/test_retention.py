"""The expiry: what is old goes, whichever room left it, and no wrong clock takes anything."""

import os
import time
from pathlib import Path

import pytest
from session.records.test_builder import PLAN
from session.records.test_store import on
from support.lives import lived

from kacenv.core.units import Days
from kacenv.session.records import RecordBundle, RecordStore, RetentionPolicy, build_record
from kacenv.system.timestamps import Timestamp


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> RecordBundle:
    """A session of 15 January 2027 in the room test, kept until 14 February."""
    return build_record(lived(tmp_path_factory.mktemp("life") / "test.journal", PLAN))


@pytest.fixture
def cabinet(tmp_path: Path) -> RecordStore:
    """An empty cabinet, whose folder isn't there yet."""
    return RecordStore(tmp_path / "state" / "records")


def moment(day: str, boot: float = 100.0, boot_id: str = "a-boot") -> Timestamp:
    """Noon of a day."""
    return Timestamp(boot_id, boot, time.mktime(time.strptime(f"{day} 12", "%Y-%m-%d %H")))


def sweep(cabinet: RecordStore, day: str, keep: int = 30, room: str = "test") -> int:
    """Remove what is old by a clock that is right."""
    return RetentionPolicy(cabinet, room, Days(keep)).remove_expired(moment(day), is_certain=True)


def test_old_ones_go_and_nothing_else_does(
    cabinet: RecordStore, account: RecordBundle, tmp_path: Path
) -> None:
    """Past their days: our own files alone, no link, no folder, no other name."""
    old = cabinet.put(on(account, "2027-01-01"))
    cabinet.put(on(account, "2027-01-02", id_="00000002"))
    outside = tmp_path / "outside"
    outside.write_text("mine")
    folder = cabinet.folder
    (folder / "test-2027-01-01-0000000a.json").symlink_to(outside)
    (folder / "test-2027-01-01-0000000b.json").mkdir()
    (folder / "test-2027-01-01-notes.txt").write_text("mine")
    (folder / "test-2027-13-77-0000000c.json").write_text("no day")
    (folder / "test-2027-01-31-0000000d.json.new").write_text("half")
    before = {file.name for file in folder.iterdir()}
    assert sweep(cabinet, "2027-02-01") == 4
    gone = before - {file.name for file in folder.iterdir()}
    assert gone == {
        *(old.name(part) for part in (".html", ".json", "-music.txt")),
        "test-2027-01-31-0000000d.json.new",
    }
    assert outside.read_text() == "mine"


@pytest.mark.parametrize(
    ("keep", "day", "left"),
    [
        (30, "2027-02-14", 1),
        (30, "2027-02-15", 0),
        (300, "2027-02-15", 0),
        (7, "2027-01-22", 1),
        (7, "2027-01-23", 0),
        (0, "2027-01-16", 0),
    ],
)
def test_the_earlier_day_counts(
    cabinet: RecordStore, account: RecordBundle, keep: int, day: str, left: int
) -> None:
    """What its page promises, or what the room's file says now."""
    cabinet.put(account)
    sweep(cabinet, day, keep)
    assert len(cabinet.kept()) == left


def test_what_a_room_that_is_gone_has_left_goes_in_its_time(
    cabinet: RecordStore, account: RecordBundle
) -> None:
    """By its record's own word, not by this room's; a damaged one by its day."""
    longer = account.record.model_copy(update={"kept_until": "2028-01-01"})
    cabinet.put(on(account._replace(record=longer), "2027-01-15", room="forest", id_="00000002"))
    cabinet.put(on(account, "2027-01-15", room="old-name"))
    damaged = cabinet.put(on(account, "2027-01-15", room="test-rehearsal"))
    (cabinet.folder / damaged.name(".json")).write_text("{")
    sweep(cabinet, "2027-02-14", keep=7)
    assert len(cabinet.kept()) == 3
    sweep(cabinet, "2027-02-15", keep=300)
    assert {kept.room for kept in cabinet.kept()} == {"forest", "test-rehearsal"}
    sweep(cabinet, "2027-02-15", keep=7)
    assert [kept.room for kept in cabinet.kept()] == ["forest"]


def test_journals_without_a_record_go_by_their_age(cabinet: RecordStore) -> None:
    """This room's after its days, others' after a month; never the one that may be written to."""
    state = cabinet.folder.parent
    state.mkdir()
    own = {"test.damaged", "test.0000000a.damaged", "test.0000000a.last", "test.0000000b-2.last"}
    others = {"gone.journal", "gone.last", "gone.damaged"}
    spared = {"test.journal", "notes.txt", "Mine.last", "test.0000000a.journal.copy"}
    day = moment("2027-01-01").wall
    for name in own | others | spared:
        (state / name).write_text("x")
        os.utime(state / name, (day, day))
    sweep(cabinet, "2027-01-08", keep=7)
    assert {path.name for path in state.iterdir()} == own | others | spared
    sweep(cabinet, "2027-01-09", keep=7)
    assert {path.name for path in state.iterdir()} == others | spared
    sweep(cabinet, "2027-02-01", keep=7)
    assert {path.name for path in state.iterdir()} == spared


def test_a_clock_that_runs_ahead_empties_nothing(
    cabinet: RecordStore, account: RecordBundle
) -> None:
    """As often as the room is started, as long as no day has really passed."""
    cabinet.put(account)
    expiry = RetentionPolicy(cabinet, "test", Days(30))
    for boot_id, boot in (("a-boot", 100.0), ("a-boot", 4000.0), ("another", 60.0)):
        assert expiry.remove_expired(moment("2036-01-01", boot, boot_id), is_certain=False) == 0
    assert expiry.remove_expired(moment("2027-01-16", 900.0, "another"), is_certain=True) == 0
    assert len(cabinet.kept()) == 1
    assert [path.name for path in cabinet.folder.parent.iterdir()] == ["records"]


@pytest.mark.parametrize(
    ("day", "boot", "boot_id"),
    [("2027-03-01", 100.0 + 86_400.0, "a-boot"), ("2027-03-02", 30.0, "another")],
)
def test_what_has_been_old_for_a_day_goes(
    cabinet: RecordStore, account: RecordBundle, day: str, boot: float, boot_id: str
) -> None:
    """Where no time server is in reach: by the machine's own count, or after it was off."""
    cabinet.put(account)
    expiry = RetentionPolicy(cabinet, "test", Days(30))
    assert expiry.remove_expired(moment("2027-03-01"), is_certain=False) == 0
    assert expiry.remove_expired(moment(day, boot, boot_id), is_certain=False) == 3
    assert list(cabinet.folder.iterdir()) == []


def test_damaged_notes_are_no_hindrance(cabinet: RecordStore, account: RecordBundle) -> None:
    """What was old counts anew."""
    cabinet.put(account)
    expiry = RetentionPolicy(cabinet, "test", Days(30))
    for notes in ("[]", "{", '{"x": 3}'):
        (cabinet.folder.parent / "test.old").write_text(notes)
        assert expiry.remove_expired(moment("2027-03-01"), is_certain=False) == 0
