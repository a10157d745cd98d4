"""The cabinet: files for their owner alone, whole or not there, and nobody else's touched."""

import os
import resource
from pathlib import Path

import pytest
from session.records.test_builder import PLAN
from support.lives import lived

from kacenv.core.errors import RecordError
from kacenv.session.records import RecordBundle, RecordStore, build_record


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> RecordBundle:
    """A session of 15 January 2027 in the room test."""
    return build_record(lived(tmp_path_factory.mktemp("life") / "test.journal", PLAN))


def on(account: RecordBundle, day: str, room: str = "test", id_: str = "00000001") -> RecordBundle:
    """The same on another day, or in another room."""
    changes = {"date": day, "room": room, "id": id_}
    return account._replace(record=account.record.model_copy(update=changes))


@pytest.fixture
def cabinet(tmp_path: Path) -> RecordStore:
    """An empty cabinet, whose folder isn't there yet."""
    return RecordStore(tmp_path / "state" / "records")


def test_only_the_owner_may_read(cabinet: RecordStore, account: RecordBundle) -> None:
    """Folder and files, whatever the mask of the process."""
    mask = os.umask(0)
    try:
        cabinet.put(account)
    finally:
        os.umask(mask)
    assert cabinet.folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in cabinet.folder.iterdir()} == {0o600}
    assert sorted(
        file.name.partition(account.record.id)[2] for file in cabinet.folder.iterdir()
    ) == [
        "-music.txt",
        ".html",
        ".json",
    ]


def test_what_was_put_is_read(cabinet: RecordStore, account: RecordBundle) -> None:
    """By its id, and in the list."""
    kept = cabinet.put(account)
    assert cabinet.put(account) == kept
    assert cabinet.kept() == [kept]
    assert cabinet.read(cabinet.find(account.record.id)) == account.record
    assert cabinet.card(kept).scene == "Test session"


@pytest.mark.parametrize("id_", ["", "../../etc/passwd", "deadbeef", "a" * 5000])
def test_an_id_that_is_not_there(cabinet: RecordStore, account: RecordBundle, id_: str) -> None:
    """Whatever is asked for, nothing but records is found."""
    cabinet.put(account)
    with pytest.raises(RecordError, match="kacenv record list"):
        cabinet.find(id_)


def test_a_full_disk_leaves_nothing_half_done(cabinet: RecordStore, account: RecordBundle) -> None:
    """No torn file; and once there is room, all of it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        with pytest.raises(OSError, match="large"):
            cabinet.put(account)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(cabinet.folder.iterdir()) == []
    cabinet.put(account)
    assert len(cabinet.kept()) == 1


def test_a_folder_that_is_a_link_is_left_alone(
    cabinet: RecordStore, account: RecordBundle, tmp_path: Path
) -> None:
    """Neither written to nor cleared out."""
    cabinet.put(on(account, "2027-01-01"))
    link = RecordStore(tmp_path / "link")
    link.folder.symlink_to(cabinet.folder)
    with pytest.raises(OSError, match=r"directory|symbolic"):
        link.put(account)
    with pytest.raises(RecordError):
        list(link.files())
    assert len(cabinet.kept()) == 1


def test_a_removed_one_is_gone(cabinet: RecordStore, account: RecordBundle) -> None:
    """With all its files, and no other one's."""
    cabinet.put(account)
    other = cabinet.put(on(account, "2027-01-20"))
    cabinet.remove(cabinet.find(account.record.id))
    assert cabinet.kept() == [other]
    assert len(list(cabinet.folder.iterdir())) == 3


def test_a_damaged_one_is_said_to_be(cabinet: RecordStore, account: RecordBundle) -> None:
    """In words."""
    kept = cabinet.put(account)
    (cabinet.folder / kept.name(".json")).write_text('{"patient": "x"}')
    with pytest.raises(RecordError, match="damaged"):
        cabinet.read(kept)


def test_the_newest_is_last(cabinet: RecordStore, account: RecordBundle) -> None:
    """By its day, and on one day by when it was written."""
    for number, day in enumerate(("2027-01-03", "2027-01-01", "2027-01-03")):
        kept = cabinet.put(on(account, day, id_=f"0000000{number}"))
        os.utime(cabinet.folder / kept.name(".json"), (number, number))
    assert [kept.id for kept in cabinet.kept()] == ["00000001", "00000000", "00000002"]


def test_files_bear_the_moment_of_their_session(
    cabinet: RecordStore, account: RecordBundle
) -> None:
    """Written late, and in whatever order, the session that ended last is the last one."""
    cabinet.put(on(account, "2027-01-03", id_="00000001"), 200.0)
    cabinet.put(on(account, "2027-01-03", id_="00000002"), 100.0)
    assert [kept.id for kept in cabinet.kept()] == ["00000002", "00000001"]


def test_a_session_is_there_once(cabinet: RecordStore, account: RecordBundle) -> None:
    """One that is written again by a clock that has been set since has its new day alone."""
    cabinet.put(on(account, "2026-01-01"))
    cabinet.put(on(account, "2026-01-01", room="other"))
    kept = cabinet.put(on(account, "2027-01-03"))
    assert cabinet.kept("test") == [kept]
    assert len(cabinet.kept("other")) == 1


def test_a_damaged_one_has_no_card(cabinet: RecordStore, account: RecordBundle) -> None:
    """And keeps nobody from the others."""
    damaged, whole = cabinet.put(account), cabinet.put(on(account, "2027-01-20"))
    (cabinet.folder / damaged.name(".json")).write_text("{")
    assert [(kept, card is None) for kept, card in cabinet.cards()] == [
        (damaged, True),
        (whole, False),
    ]
