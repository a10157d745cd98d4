"""The shelf: files for their owner alone, whole or not there, and nobody else's touched."""

import os
import resource
from pathlib import Path

import pytest
from record.test_gather import PLAN
from support.lives import lived

from kacenv.errors import RecordError
from kacenv.record import Account, Kept, Shelf, account_of
from kacenv.units import Days


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Account:
    """A session of 15 January 2027 in the room test."""
    return account_of(lived(tmp_path_factory.mktemp("life") / "test.journal", PLAN))


def on(account: Account, day: str, room: str = "test", id_: str = "00000001") -> Account:
    """The same on another day, or in another room."""
    changes = {"date": day, "room": room, "id": id_}
    return account._replace(record=account.record.model_copy(update=changes))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty shelf, whose folder isn't there yet."""
    return Shelf(tmp_path / "state" / "records")


def test_only_the_owner_may_read(shelf: Shelf, account: Account) -> None:
    """Folder and files, whatever the mask of the process."""
    mask = os.umask(0)
    try:
        shelf.put(account)
    finally:
        os.umask(mask)
    assert shelf.folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in shelf.folder.iterdir()} == {0o600}
    assert sorted(file.name.partition(account.record.id)[2] for file in shelf.folder.iterdir()) == [
        "-music.txt",
        ".html",
        ".json",
    ]


def test_what_was_put_is_read(shelf: Shelf, account: Account) -> None:
    """By its id, and in the list."""
    kept = shelf.put(account)
    assert shelf.put(account) == kept
    assert shelf.kept() == [kept]
    assert shelf.read(shelf.find(account.record.id)) == account.record
    assert shelf.card(kept).scene == "Test session"


@pytest.mark.parametrize("id_", ["", "../../etc/passwd", "deadbeef", "a" * 5000])
def test_an_id_that_is_not_there(shelf: Shelf, account: Account, id_: str) -> None:
    """Whatever is asked for, nothing but records is found."""
    shelf.put(account)
    with pytest.raises(RecordError, match="kacenv record list"):
        shelf.find(id_)


def test_a_full_disk_leaves_nothing_half_done(shelf: Shelf, account: Account) -> None:
    """No torn file; and once there is room, all of it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        with pytest.raises(OSError, match="large"):
            shelf.put(account)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(shelf.folder.iterdir()) == []
    shelf.put(account)
    assert len(shelf.kept()) == 1


def test_old_ones_go_and_nothing_else_does(shelf: Shelf, account: Account, tmp_path: Path) -> None:
    """Of this room, past their days: our own files alone, no link, no folder, no other name."""
    shelf.put(on(account, "2027-01-01"))
    shelf.put(on(account, "2027-01-02", id_="00000002"))
    shelf.put(on(account, "2027-01-01", room="other"))
    outside = tmp_path / "outside"
    outside.write_text("mine")
    folder = shelf.folder
    (folder / "test-2027-01-01-0000000a.json").symlink_to(outside)
    (folder / "test-2027-01-01-0000000b.json").mkdir()
    (folder / "test-2027-01-01-notes.txt").write_text("mine")
    (folder / "test-2027-13-77-0000000c.json").write_text("no day")
    (folder / "test-2027-01-31-0000000d.json.new").write_text("half")
    before = {file.name for file in folder.iterdir()}
    assert shelf.expire("test", Days(30), "2027-02-01") == 4
    gone = before - {file.name for file in folder.iterdir()}
    assert gone == {
        *(Kept("test", "2027-01-01", "00000001").name(p) for p in (".html", ".json", "-music.txt")),
        "test-2027-01-31-0000000d.json.new",
    }
    assert outside.read_text() == "mine"


def test_a_folder_that_is_a_link_is_left_alone(
    shelf: Shelf, account: Account, tmp_path: Path
) -> None:
    """Neither written to nor cleared out."""
    shelf.put(on(account, "2027-01-01"))
    link = Shelf(tmp_path / "link")
    link.folder.symlink_to(shelf.folder)
    with pytest.raises(OSError, match=r"directory|symbolic"):
        link.put(account)
    with pytest.raises(RecordError):
        link.expire("test", Days(0), "2027-09-09")
    assert len(shelf.kept()) == 1


def test_a_removed_one_is_gone(shelf: Shelf, account: Account) -> None:
    """With all its files, and no other one's."""
    shelf.put(account)
    other = shelf.put(on(account, "2027-01-20"))
    shelf.remove(shelf.find(account.record.id))
    assert shelf.kept() == [other]
    assert len(list(shelf.folder.iterdir())) == 3


def test_a_damaged_one_is_said_to_be(shelf: Shelf, account: Account) -> None:
    """In words."""
    kept = shelf.put(account)
    (shelf.folder / kept.name(".json")).write_text('{"patient": "x"}')
    with pytest.raises(RecordError, match="damaged"):
        shelf.read(kept)


def test_the_newest_is_last(shelf: Shelf, account: Account) -> None:
    """By its day, and on one day by when it was written."""
    for number, day in enumerate(("2027-01-03", "2027-01-01", "2027-01-03")):
        kept = shelf.put(on(account, day, id_=f"0000000{number}"))
        os.utime(shelf.folder / kept.name(".json"), (number, number))
    assert [kept.id for kept in shelf.kept()] == ["00000001", "00000000", "00000002"]
