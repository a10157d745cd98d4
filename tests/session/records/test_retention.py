"""The retention: what is old goes, whichever room left it, and no wrong clock takes anything."""

import os
import time
from pathlib import Path

import pytest
from support.lives import dated

from kacenv.core.units import Days
from kacenv.session.records import RecordBundle, RecordStore, RetentionPolicy
from kacenv.system.timestamps import Timestamp


def moment(day: str, boot: float = 100.0, boot_id: str = "a-boot") -> Timestamp:
    """Noon of a day."""
    return Timestamp(boot_id, boot, time.mktime(time.strptime(f"{day} 12", "%Y-%m-%d %H")))


def sweep(store: RecordStore, day: str, keep: int = 30, room: str = "test") -> int:
    """Remove what is old by a clock that is right."""
    return RetentionPolicy(store, room, Days(keep)).remove_expired(moment(day), is_certain=True)


def test_old_ones_go_and_nothing_else_does(
    store: RecordStore, bundle: RecordBundle, tmp_path: Path
) -> None:
    """Past their days: our own files alone, no link, no folder, no other name."""
    old = store.put(dated(bundle, "2027-01-01"))
    store.put(dated(bundle, "2027-01-02", id_="00000002"))
    outside = tmp_path / "outside"
    outside.write_text("mine")
    folder = store.folder
    (folder / "test-2027-01-01-0000000a.json").symlink_to(outside)
    (folder / "test-2027-01-01-0000000b.json").mkdir()
    (folder / "test-2027-01-01-notes.txt").write_text("mine")
    (folder / "test-2027-13-77-0000000c.json").write_text("no day")
    (folder / "test-2027-01-31-0000000d.json.new").write_text("half")
    before = {file.name for file in folder.iterdir()}
    assert sweep(store, "2027-02-01") == 4
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
    store: RecordStore, bundle: RecordBundle, keep: int, day: str, left: int
) -> None:
    """What its page promises, or what the room's file says now."""
    store.put(bundle)
    sweep(store, day, keep)
    assert len(store.kept()) == left


def test_what_a_room_that_is_gone_has_left_goes_in_its_time(
    store: RecordStore, bundle: RecordBundle
) -> None:
    """By its record's own word, not by this room's; a damaged one by its day."""
    longer = bundle.record.model_copy(update={"kept_until": "2028-01-01"})
    store.put(dated(bundle._replace(record=longer), "2027-01-15", room="forest", id_="00000002"))
    store.put(dated(bundle, "2027-01-15", room="old-name"))
    damaged = store.put(dated(bundle, "2027-01-15", room="test-rehearsal"))
    (store.folder / damaged.name(".json")).write_text("{")
    sweep(store, "2027-02-14", keep=7)
    assert len(store.kept()) == 3
    sweep(store, "2027-02-15", keep=300)
    assert {kept.room for kept in store.kept()} == {"forest", "test-rehearsal"}
    sweep(store, "2027-02-15", keep=7)
    assert [kept.room for kept in store.kept()] == ["forest"]


def test_journals_without_a_record_go_by_their_age(store: RecordStore) -> None:
    """This room's after its days, others' after a month; never the one that may be written to."""
    state = store.folder.parent
    state.mkdir()
    own = {"test.damaged", "test.0000000a.damaged", "test.0000000a.last", "test.0000000b-2.last"}
    others = {"gone.journal", "gone.last", "gone.damaged"}
    spared = {"test.journal", "notes.txt", "Mine.last", "test.0000000a.journal.copy"}
    day = moment("2027-01-01").wall
    for name in own | others | spared:
        (state / name).write_text("x")
        os.utime(state / name, (day, day))
    sweep(store, "2027-01-08", keep=7)
    assert {path.name for path in state.iterdir()} == own | others | spared
    sweep(store, "2027-01-09", keep=7)
    assert {path.name for path in state.iterdir()} == others | spared
    sweep(store, "2027-02-01", keep=7)
    assert {path.name for path in state.iterdir()} == spared


def test_a_clock_that_runs_ahead_empties_nothing(store: RecordStore, bundle: RecordBundle) -> None:
    """As often as the room is started, as long as no day has really passed."""
    store.put(bundle)
    retention = RetentionPolicy(store, "test", Days(30))
    for boot_id, boot in (("a-boot", 100.0), ("a-boot", 4000.0), ("another", 60.0)):
        assert retention.remove_expired(moment("2036-01-01", boot, boot_id), is_certain=False) == 0
    assert retention.remove_expired(moment("2027-01-16", 900.0, "another"), is_certain=True) == 0
    assert len(store.kept()) == 1
    assert [path.name for path in store.folder.parent.iterdir()] == ["records"]


@pytest.mark.parametrize(
    ("day", "boot", "boot_id"),
    [("2027-03-01", 100.0 + 86_400.0, "a-boot"), ("2027-03-02", 30.0, "another")],
)
def test_what_has_been_old_for_a_day_goes(
    store: RecordStore, bundle: RecordBundle, day: str, boot: float, boot_id: str
) -> None:
    """Where no time server is in reach: by the machine's own count, or after it was off."""
    store.put(bundle)
    retention = RetentionPolicy(store, "test", Days(30))
    assert retention.remove_expired(moment("2027-03-01"), is_certain=False) == 0
    assert retention.remove_expired(moment(day, boot, boot_id), is_certain=False) == 3
    assert list(store.folder.iterdir()) == []


def test_damaged_notes_are_no_hindrance(store: RecordStore, bundle: RecordBundle) -> None:
    """What was old counts anew."""
    store.put(bundle)
    retention = RetentionPolicy(store, "test", Days(30))
    for notes in ("[]", "{", '{"x": 3}'):
        (store.folder.parent / "test.old").write_text(notes)
        assert retention.remove_expired(moment("2027-03-01"), is_certain=False) == 0
