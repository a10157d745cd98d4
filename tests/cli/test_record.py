"""`kacenv record` as somebody types it."""

import json
import os
from pathlib import Path

import pytest
from support.daemon import Daemon
from support.houses import silent_house
from support.lives import PLAN, lived
from support.sessions import a_room
from support.typed import Said, typed
from support.waiting import wait_until

from kacenv.config import House, load_room
from kacenv.session.records import RecordStore, write_record


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder with a record of each of two rooms; the second one's is newer."""
    store = RecordStore(tmp_path / "records")
    for number, name in enumerate(("garden", "rosewood")):
        room = a_room().model_copy(update={"name": name})
        write_record(lived(tmp_path / f"{name}.journal", PLAN, begin=number, room=room), store)
        kept = store.kept(name)[0]
        os.utime(store.folder / kept.name(".json"), (number, number))
    return tmp_path


def kacenv(state: Path, *words: str) -> Said:
    """Type `kacenv WORDS`, without a process of its own."""
    own = {"KACENV_STATE": str(state), "KACENV_RUN": str(state / "run"), "KACENV_ROOM": None}
    return typed(*words, env=own)


def ids(state: Path) -> dict[str, str]:
    """The records' ids by their rooms."""
    return {kept.room: kept.id for kept in RecordStore(state / "records").kept()}


def test_the_last_one_is_read_in_words(state: Path) -> None:
    """By itself the newest, by --room a room's."""
    newest, garden = kacenv(state, "record"), kacenv(state, "record", "--room", "garden")
    assert newest.stdout.startswith("Test session, in rosewood on ")
    assert garden.stdout.startswith("Test session, in garden on ")
    for part in ("Phases", "Music", "Check-ins", "Timing"):
        assert f"\n{part}\n" in newest.stdout


def test_one_is_shown_in_every_way(state: Path) -> None:
    """In words, as JSON, as a page, or the music alone; one at a time."""
    id_, page = ids(state)["garden"], state / "page.html"
    assert id_ in kacenv(state, "record", "show", id_).stdout
    assert json.loads(kacenv(state, "record", "show", id_, "--json").stdout)["id"] == id_
    assert kacenv(state, "record", "show", id_, "--html", str(page)).returncode == 0
    assert page.read_text().startswith("<!DOCTYPE html>")
    music = kacenv(state, "record", "show", id_, "--music").stdout
    assert music.splitlines()[0] == "onset-1, Nobody"
    again = kacenv(state, "record", "show", id_, "--html", str(page))
    assert (again.returncode, "there already" in again.stderr) == (1, True)
    assert "One at a time" in kacenv(state, "record", "--json", "--music").stderr


def test_they_are_listed_and_removed(state: Path) -> None:
    """The newest last; one by its id, or all of a room, or all."""
    garden = ids(state)["garden"]
    listed = json.loads(kacenv(state, "record", "list", "--json").stdout)
    assert [one["room"] for one in listed] == ["garden", "rosewood"]
    assert garden in kacenv(state, "record", "list").stdout
    assert kacenv(state, "record", "remove").returncode == 1
    assert kacenv(state, "record", "remove", garden).stdout == "The record is removed.\n"
    assert list(ids(state)) == ["rosewood"]
    assert kacenv(state, "record", "remove", "--all").returncode == 0
    assert kacenv(state, "record", "list").stdout.startswith("There is no record yet")


def test_a_damaged_one_is_listed_as_such(state: Path) -> None:
    """And keeps nobody from the others."""
    garden = RecordStore(state / "records").kept("garden")[0]
    damaged = state / "records" / garden.name(".json")
    damaged.write_text("{")
    os.utime(damaged, (0, 0))
    done = kacenv(state, "record", "list")
    assert done.returncode == 0
    first, second = done.stdout.splitlines()
    assert (first.split()[0], first.split()[-1]) == (garden.id, "damaged")
    assert second.endswith("Test session")
    listed = json.loads(kacenv(state, "record", "list", "--json").stdout)
    assert [one["room"] for one in listed] == ["rosewood"]


def test_what_is_not_written_yet_is_removed_as_well(state: Path) -> None:
    """An ended session, so that the next start makes no record of it; one that is on stays."""
    for name in ("garden.last", "garden.0123abcd.last", "garden.journal", "rosewood.last"):
        (state / name).write_text("x")
    said = kacenv(state, "record", "remove", "--all", "--room", "garden").stdout
    assert "not written yet" in said
    left = {path.name for path in state.iterdir() if path.is_file()}
    assert left == {"garden.journal", "rosewood.last"}


def test_a_copy_is_for_its_owner_alone(state: Path) -> None:
    """Whatever the mask of who copies."""
    mask = os.umask(0)
    try:
        kacenv(state, "record", "--html", str(state / "page.html"))
    finally:
        os.umask(mask)
    assert (state / "page.html").stat().st_mode & 0o777 == 0o600


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    """No record at all, and an id that means none."""
    assert "no record yet" in kacenv(tmp_path, "record").stderr
    done = kacenv(tmp_path, "record", "show", "../../etc/passwd")
    assert (done.returncode, "kacenv record list" in done.stderr) == (1, True)


def test_the_shell_completes_ids(state: Path) -> None:
    """Each with its day."""
    asked = {"_KACENV_COMPLETE": "complete_bash", "COMP_CWORD": "3"}
    done = typed(env={**asked, "COMP_WORDS": "kacenv record show ", "KACENV_STATE": str(state)})
    assert sorted(done.stdout.split()) == sorted(ids(state).values())


def test_a_room_writes_what_was_left_to_be_written(tmp_path: Path) -> None:
    """A daemon that was killed between a session's end and its record, started again."""
    house = silent_house(tmp_path)
    (house / "state").mkdir()
    room = load_room(House(house), "bench")
    lived(house / "state" / "bench.journal", PLAN, room=room)
    with Daemon(house, "bench") as daemon:
        wait_until(lambda: "record is kept" in str(daemon.ask_status()["told"]), patience=180.0)
        assert json.loads(daemon.told("record", "--json").stdout)["room"] == "bench"
    assert not list((house / "state").glob("*.last"))
