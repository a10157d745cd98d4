"""Which rooms and scenes there are, for people and for scripts."""

import json
import os
from pathlib import Path

import pytest
from support.houses import write_house
from support.tablet import ServedRoom
from typer.testing import CliRunner

from kacenv.cli.app import app

ROOM = "name: quiet\noutputs:\n  - {id: speakers, role: speakers}\n"
SCENE = """
title: Quiet hour
phases:
  - {name: onset, duration: 10m, playlist: quiet}
  - {name: return, duration: 5m, playlist: quiet}
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house with a good room and a bad one, a good scene and a bad one; nothing runs."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path / "run"))
    (tmp_path / "run").mkdir()
    return write_house(
        tmp_path,
        rooms__quiet=ROOM,
        rooms__broken="name: broken\n",
        scenes__quiet=SCENE,
        scenes__broken="title: x\n",
    )


def typed(*words: str) -> str:
    """What `kacenv WORDS` prints; it ends with 0."""
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    return done.output


def test_scenes_are_listed_by_the_names_that_start_takes(house: Path) -> None:
    """Each with its length and title; one that can't be used says how to see why."""
    lines = typed("scenes", "--house", str(house)).splitlines()
    assert lines[0].split(maxsplit=1) == [
        "broken",
        "its file needs mending, see: kacenv check broken",
    ]
    assert lines[1].split(maxsplit=2) == ["quiet", "15m", "Quiet hour"]
    found = json.loads(typed("scenes", "--json", "--house", str(house)))
    assert [(one["name"], one["duration"], bool(one["problem"])) for one in found] == [
        ("broken", 0.0, True),
        ("quiet", 900.0, False),
    ]


def test_rooms_say_whether_they_run(house: Path) -> None:
    """One that runs from elsewhere is listed, too."""
    with ServedRoom(house / "run"):
        found = json.loads(typed("rooms", "--json", "--house", str(house)))
    assert [(one["room"], one["running"], bool(one["problem"])) for one in found] == [
        ("broken", False, True),
        ("quiet", False, False),
        ("room", True, False),
    ]
    lines = typed("rooms", "--house", str(house)).splitlines()
    assert lines[0].endswith("not running; its file needs mending, see: kacenv check broken")
    assert lines[1].split(maxsplit=1) == ["quiet", "not running"]


BROKEN: dict[str, bytes] = {
    "endless": b"title: x\nphases: [{name: a, duration: " + b"9" * 400 + b"h, playlist: p}]\n",
    "latin": b"title: Caf\xe9\n",
    "nothing": b"",
    "nul": b"title: \0\n",
    "deep": b"title: " + b"[" * 2_000,
    "bomb": b"a: &a [1, 1]\nb: [*a, *a, *a]\n" + b"c: " + b"[*a," * 30 + b"]" * 30,
    "huge": b"# " + b"x" * 2_000_000,
    "turned": "title: \u202eabc\x1b\n".encode(),
    "whole-number": b"title: 1\nphases: 1e400\n",
}


def test_a_broken_file_hides_no_other(house: Path) -> None:
    """Whatever is in it, or whatever stands in its place, the good one is listed beside it."""
    for folder in ("rooms", "scenes"):
        for name, content in BROKEN.items():
            (house / folder / f"{name}.yaml").write_bytes(content)
        (house / folder / "folder.yaml").mkdir()
        (house / folder / "loop.yaml").symlink_to("loop.yaml")
        os.mkfifo(house / folder / "pipe.yaml")
    for word, key in (("rooms", "room"), ("scenes", "name")):
        found = json.loads(typed(word, "--json", "--house", str(house)))
        problems = {one[key]: one["problem"] for one in found}
        expected = {*BROKEN, "folder", "loop", "pipe", "broken", "quiet"}
        assert problems.keys() == expected
        assert [name for name, problem in problems.items() if problem is None] == ["quiet"]
        assert len(typed(word, "--house", str(house)).splitlines()) == len(expected)


def test_a_broken_file_stands_beside_the_room_of_its_name(house: Path) -> None:
    """A file that is called as another one's room says that it needs mending."""
    (house / "rooms" / "a-copy.yaml").write_text(ROOM)
    (house / "rooms" / "quiet.yaml").write_text("name: [")
    found = json.loads(typed("rooms", "--json", "--house", str(house)))
    assert [(one["room"], bool(one["problem"])) for one in found] == [
        ("broken", True),
        ("quiet", False),
        ("quiet", True),
    ]


def test_an_empty_house_says_how_to_begin(tmp_path: Path) -> None:
    """Nothing is listed without the way on."""
    (tmp_path / "rooms").mkdir()
    for word in ("rooms", "scenes"):
        assert "kacenv init" in typed(word, "--house", str(tmp_path))


def test_columns_stand_below_each_other(house: Path) -> None:
    """A name that is longer than the others moves the columns of all."""
    long = "a-scene-with-a-name-of-many-words"
    (house / f"scenes/{long}.yaml").write_text(SCENE)
    (house / f"rooms/{long}.yaml").write_text(ROOM.replace("quiet", long))
    scenes = typed("scenes", "--house", str(house)).splitlines()
    assert len({line.index("Quiet hour") for line in scenes if "Quiet hour" in line}) == 1
    rooms = typed("rooms", "--house", str(house)).splitlines()
    assert {line.index("not running") for line in rooms} == {len(long) + 2}
