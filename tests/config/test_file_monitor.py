"""The files of a session that is on, looked at while somebody works on them."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.staff import Staff

from kacenv.config import House, load_session
from kacenv.config.file_monitor import FileMonitor, files_of
from kacenv.core.units import Seconds
from kacenv.model.timeline import Timeline

EVENING = "playlists/music/evening.wav"


class Desk:
    """A patrol that looks when it is told to."""

    def __init__(self, house: House) -> None:
        self.house, self.staff = house, Staff()
        self.plan: Timeline | None = load_session(house, "evening", "rosewood")
        self.patrol = FileMonitor(house, "rosewood", lambda: self.plan, self.staff.tell)

    def look(self) -> list[str]:
        """What staff are told by two looks."""
        before = len(self.staff.heard)
        self.patrol.poll()
        self.patrol.poll()
        return self.staff.heard[before:]

    def write(self, name: str, old: str, new: str) -> None:
        """Change a file of the house."""
        path = self.house.root / name
        path.write_text(path.read_text().replace(old, new))


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    """A house whose scene has begun."""
    desk = Desk(house)
    desk.patrol.session_begun("evening")
    assert desk.look() == []
    with closing(desk.patrol):
        yield desk


def test_a_changed_scene_is_told_once(desk: Desk) -> None:
    """And would be the next session's."""
    desk.write("scenes/evening.yaml", "15m", "25m")
    (text,) = desk.look()
    assert text.startswith("scenes/evening.yaml was changed; this session goes on as it began")
    assert desk.look() == []


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("scenes/evening.yaml", "15m", "15", "line 4: duration: 15; expected a time with its unit"),
        ("rooms/rosewood.yaml", "dusk:", "dawn:", "scenes/evening.yaml, line 6: light: dusk"),
        ("playlists/calm.yaml", "music/evening.wav", "gone.wav", "line 4: no file gone.wav"),
        ("scenes/evening.yaml", "title", "\0", "can't be used as it is now"),
    ],
)
def test_a_change_that_breaks_something_is_told_with_what(
    desk: Desk, name: str, old: str, new: str, words: str
) -> None:
    """The first problem, in the file itself or in another one that needs it."""
    desk.write(name, old, new)
    (text,) = desk.look()
    assert text.startswith(f"{name} was changed, but can't be used as it is now")
    assert words in text


def test_files_that_go_and_come_back(desk: Desk, tmp_path: Path) -> None:
    """Music that is gone will be passed over; a scene that is gone is needed by the next one."""
    for name, words in ((EVENING, "will be passed over"), ("scenes/evening.yaml", "needs it")):
        path = desk.house.root / name
        path.rename(tmp_path / path.name)
        (text,) = desk.look()
        assert text.startswith(f"{name} is gone;")
        assert words in text
        (tmp_path / path.name).rename(path)
        (text,) = desk.look()
        assert text.startswith(f"{name} is back")


def test_music_that_is_replaced_is_told(desk: Desk) -> None:
    """It is opened anew at its turn, so it will be heard as it is then."""
    os.truncate(desk.house.root / EVENING, 100)
    assert desk.look() == [
        (
            f"{EVENING} was changed; it will be played as it is at its turn, or passed over if it "
            "can't be."
        )
    ]


def test_no_session_no_notice(desk: Desk) -> None:
    """An empty room's files are its technician's; a new session begins with them as they are."""
    plan, desk.plan = desk.plan, None
    desk.write("scenes/evening.yaml", "15m", "25m")
    assert desk.look() == []
    desk.plan = plan
    assert desk.look() == []


def test_a_session_carried_on_finds_its_scene(house: House) -> None:
    """By title and phases; where two scenes fit, neither is taken for it."""
    desk = Desk(house)
    desk.look()
    desk.write("scenes/evening.yaml", "15m", "25m")
    assert len(desk.look()) == 1
    (house.root / "scenes" / "twin.yaml").write_text(
        (house.root / "scenes" / "evening.yaml").read_text()
    )
    desk = Desk(house)
    desk.look()
    desk.write("scenes/evening.yaml", "25m", "20m")
    assert desk.look() == []


def test_a_room_file_that_is_gone_already_is_left_out(desk: Desk) -> None:
    """A session that was carried on without its room's file is followed all the same."""
    assert desk.plan is not None
    files = files_of(desk.plan, desk.house, "no-such-room", "evening")
    assert sorted(path.name for path in files) == [
        "calm.yaml",
        "evening.wav",
        "evening.yaml",
        "morning.wav",
    ]


def test_it_looks_by_itself_and_survives_a_fault(house: House) -> None:
    """A look that fails is followed by the next."""
    plan, staff, fails = load_session(house, "evening", "rosewood"), Staff(), threading.Event()

    def plan_now() -> Timeline | None:
        if not fails.is_set():
            fails.set()
            raise RuntimeError("a fault")
        return plan

    with closing(FileMonitor(house, "rosewood", plan_now, staff.tell, Seconds(0.01))) as patrol:
        patrol.start()
        patrol.session_begun("evening")
        assert fails.wait(30.0)
        (house.root / EVENING).unlink()
        assert staff.wait_for(f"{EVENING} is gone")
    assert staff.heard == [text for text in staff.heard if "is gone" in text]


def test_a_disk_that_hangs_holds_nobody_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing doesn't wait for a look that never ends."""
    stuck, let_go = threading.Event(), threading.Event()

    def hang(_: Path) -> None:
        stuck.set()
        let_go.wait(60.0)

    monkeypatch.setattr("kacenv.config.file_monitor.file_version", hang)
    plan = load_session(house, "evening", "rosewood")
    patrol = FileMonitor(house, "rosewood", lambda: plan, print)
    patrol.start()
    assert stuck.wait(30.0)
    patrol.close()
    assert patrol._thread.is_alive()
    let_go.set()
    patrol._thread.join(30.0)
