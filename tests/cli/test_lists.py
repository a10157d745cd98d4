"""Which rooms and scenes there are, for people and for scripts."""

import json
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


def test_an_empty_house_says_how_to_begin(tmp_path: Path) -> None:
    """Nothing is listed without the way on."""
    (tmp_path / "rooms").mkdir()
    for word in ("rooms", "scenes"):
        assert "kacenv init" in typed(word, "--house", str(tmp_path))
