"""The store: files for their owner alone, whole or not there, and nobody else's touched."""

import json
import os
from pathlib import Path

import pytest
from support.full_disk import full_disk
from support.lives import dated

from kacenv.core.errors import RecordError
from kacenv.core.plain_text import cleaned
from kacenv.session.records import RecordBundle, RecordStore
from kacenv.session.records.session_record import ToldRow
from kacenv.session.records.store import DATA, MUSIC, PAGE


def test_only_the_owner_may_read(store: RecordStore, bundle: RecordBundle) -> None:
    """Folder and files, whatever the mask of the process."""
    mask = os.umask(0)
    try:
        store.put(bundle)
    finally:
        os.umask(mask)
    assert store.folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in store.folder.iterdir()} == {0o600}
    assert sorted(file.name.partition(bundle.record.id)[2] for file in store.folder.iterdir()) == [
        "-music.txt",
        ".html",
        ".json",
    ]


def test_what_was_put_is_read(store: RecordStore, bundle: RecordBundle) -> None:
    """By its id, and in the list."""
    kept = store.put(bundle)
    assert store.put(bundle) == kept
    assert store.kept() == [kept]
    assert store.read(store.find(bundle.record.id)) == bundle.record
    assert store.card(kept).scene == "Test session"


@pytest.mark.parametrize("id_", ["", "../../etc/passwd", "deadbeef", "a" * 5000])
def test_an_id_that_is_not_there(store: RecordStore, bundle: RecordBundle, id_: str) -> None:
    """Whatever is asked for, nothing but records is found."""
    store.put(bundle)
    with pytest.raises(RecordError, match="kacenv record list"):
        store.find(id_)


def test_a_full_disk_leaves_nothing_half_done(store: RecordStore, bundle: RecordBundle) -> None:
    """No torn file; and once there is room, all of it."""
    with full_disk(2000), pytest.raises(OSError, match="large"):
        store.put(bundle)
    assert list(store.folder.iterdir()) == []
    store.put(bundle)
    assert len(store.kept()) == 1


def test_a_folder_that_is_a_link_is_left_alone(
    store: RecordStore, bundle: RecordBundle, tmp_path: Path
) -> None:
    """Neither written to nor cleared out."""
    store.put(dated(bundle, "2027-01-01"))
    link = RecordStore(tmp_path / "link")
    link.folder.symlink_to(store.folder)
    with pytest.raises(OSError, match=r"directory|symbolic"):
        link.put(bundle)
    with pytest.raises(RecordError):
        list(link.files())
    assert len(store.kept()) == 1


def test_a_removed_one_is_gone(store: RecordStore, bundle: RecordBundle) -> None:
    """With all its files, and no other one's."""
    store.put(bundle)
    other = store.put(dated(bundle, "2027-01-20"))
    store.remove(store.find(bundle.record.id))
    assert store.kept() == [other]
    assert len(list(store.folder.iterdir())) == 3


def test_a_damaged_one_is_said_to_be(store: RecordStore, bundle: RecordBundle) -> None:
    """In words."""
    kept = store.put(bundle)
    (store.folder / kept.name(".json")).write_text('{"patient": "x"}')
    with pytest.raises(RecordError, match="damaged"):
        store.read(kept)


def test_the_newest_is_last(store: RecordStore, bundle: RecordBundle) -> None:
    """By its day, and on one day by when it was written."""
    for number, day in enumerate(("2027-01-03", "2027-01-01", "2027-01-03")):
        kept = store.put(dated(bundle, day, id_=f"0000000{number}"))
        os.utime(store.folder / kept.name(".json"), (number, number))
    assert [kept.id for kept in store.kept()] == ["00000001", "00000000", "00000002"]


def test_files_bear_the_moment_of_their_session(store: RecordStore, bundle: RecordBundle) -> None:
    """Written late, and in whatever order, the session that ended last is the last one."""
    store.put(dated(bundle, "2027-01-03", id_="00000001"), 200.0)
    store.put(dated(bundle, "2027-01-03", id_="00000002"), 100.0)
    assert [kept.id for kept in store.kept()] == ["00000002", "00000001"]


def test_a_session_is_there_once(store: RecordStore, bundle: RecordBundle) -> None:
    """One that is written again by a clock that has been set since has its new day alone."""
    store.put(dated(bundle, "2026-01-01"))
    store.put(dated(bundle, "2026-01-01", room="other"))
    kept = store.put(dated(bundle, "2027-01-03"))
    assert store.kept("test") == [kept]
    assert len(store.kept("other")) == 1


def test_a_damaged_one_has_no_card(store: RecordStore, bundle: RecordBundle) -> None:
    """And keeps nobody from the others."""
    damaged, whole = store.put(bundle), store.put(dated(bundle, "2027-01-20"))
    (store.folder / damaged.name(".json")).write_text("{")
    assert [(kept, card is None) for kept, card in store.cards()] == [
        (damaged, True),
        (whole, False),
    ]


def test_a_record_holds_plain_text(store: RecordStore, bundle: RecordBundle) -> None:
    """Titles, artists and messages that would drive a terminal are kept as they can be read."""
    evil = "a\x1b[31m\x9b\u202e\n\ud800"
    (piece, *others), (told, *more) = bundle.record.pieces, (*bundle.record.told, None)
    pieces = (piece.model_copy(update={"title": evil, "artist": evil}), *others)
    shown = [ToldRow(at=1.0, text=evil), *[one for one in (told, *more) if one is not None]]
    record = bundle.record.model_copy(update={"pieces": pieces, "told": tuple(shown)})
    kept = store.put(bundle._replace(record=record))
    plain = r"a\x1b[31m\x9b\u202e\n\ud800"
    assert (store.read(kept).pieces[0].title, store.read(kept).told[0].text) == (plain, plain)
    for part in (PAGE, MUSIC, DATA):
        text = store.text(kept, part)
        assert cleaned(text) == text
        assert plain in text or json.dumps(plain)[1:-1] in text
