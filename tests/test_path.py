"""A person's path from an empty home to the record of a session, by commands alone.

No file is written or changed by hand; the person chooses names, and copies music into a folder.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.daemon import KACENV
from support.houses import FOREIGN_MUSIC
from support.processes import kill_all_with

MUSIC = 40
SPEED = "1800"
PHASES = ["settle", "onset", "build", "peak", "descent", "return", "integration"]
SCENE = "couple-lozenge-wesnoth"
_PNG = b"\x89PNG\r\n\x1a\n"
_NOT_MEASURED = (
    "34 of 34 pieces haven't been measured; lengths are what the files promise, and levels what "
    "they are. Run: kacenv music scan\n"
)


class Person:
    """Somebody with an empty home, at a shell; nothing of this machine's own house is near."""

    def __init__(self, home: Path) -> None:
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("KACENV", "XDG"))
        }
        own = {
            "HOME": home,
            "XDG_RUNTIME_DIR": home / "run",
            "KACENV_CACHE": home / ".cache/kacenv",
            "KACENV_STATE": home / ".local/state/kacenv",
            "KACENV_RUN": home / "run/kacenv",
        }
        self.environment = {**kept, **{name: str(path) for name, path in own.items()}}
        self.here = home

    def types(self, line: str, hint: str = "") -> str:
        """What `kacenv LINE` answers, where it is done, with this hint or none."""
        done = subprocess.run(
            [KACENV, *line.split()],
            env=self.environment,
            cwd=self.here,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert (done.returncode, done.stderr) == (0, hint), line
        return done.stdout

    def copies_music(self, folder: str) -> None:
        """Forty files of a Debian package that nobody here made, dropped into a folder."""
        target = self.here / folder
        target.mkdir()
        files = sorted(FOREIGN_MUSIC.glob("*.ogg"))[:MUSIC]
        assert len(files) == MUSIC
        for path in files:
            shutil.copy(path, target)


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    """A person whose room is left at last."""
    person = Person(tmp_path)
    try:
        yield person
    finally:
        kill_all_with(str(tmp_path / "clinic"))


def test_from_an_empty_home_to_a_sessions_record(person: Person) -> None:
    """Init, music, check, rehearsal with pictures, a start, a whole session, and its record."""
    assert "with the room garden" in person.types("init clinic --yes --room garden")
    person.here /= "clinic"
    _bring_music(person)
    _rehearse(person)
    _begin_and_stop(person)
    _go_through_the_whole(person)


def _bring_music(person: Person) -> None:
    """From a folder to a scene that plays it, and all is right."""
    person.copies_music("playlists/wesnoth")
    # Measuring two hours of music takes half a minute; lengths will do, and are read at once.
    said = person.types(
        "music import playlists/wesnoth --scene couple-lozenge --listened --no-scan"
    )
    assert f"Written: scenes/{SCENE}.yaml, which plays 7 playlists:" in said
    assert f"kacenv rehearse {SCENE}" in said
    found = json.loads(person.types("check --no-measure --format json"))
    assert found["problems"] == []
    assert not [one for one in found["warnings"] if "no scene uses" in one["text"]]


def _rehearse(person: Person) -> None:
    """In words and as both kinds of pictures, by the imported music alone."""
    pictures = [person.here / name for name in ("session.svg", "session.png")]
    for path in pictures:
        person.types(f"rehearse {SCENE} --room garden --picture {path.name}", _NOT_MEASURED)
    svg, png = (path.read_bytes() for path in pictures)
    assert b"Couple, lozenge, with wesnoth" in svg
    assert svg.rstrip().endswith(b"</svg>")
    assert png.startswith(_PNG)
    assert len(png) > 50_000
    said = person.types(f"rehearse {SCENE} --room garden", _NOT_MEASURED)
    assert "house music" not in said
    assert said.rstrip().endswith("the session has ended")


def _begin_and_stop(person: Person) -> None:
    """The room itself, in its own time: begun, seen, stopped."""
    said = person.types(f"start {SCENE} --room garden")
    assert said == "Couple, lozenge, with wesnoth begins with settle; 3h planned.\n"
    status = json.loads(person.types("status --json"))
    assert (status["room"], status["rate"]) == ("garden", 1.0)
    assert "wesnoth" in status["session"]["title"]
    person.types("stop")


def _go_through_the_whole(person: Person) -> None:
    """Three hours in seconds, and the record of them: all phases, each with its own music."""
    said = person.types(f"rehearse {SCENE} --room garden --live {SPEED} --record")
    assert "To read it: kacenv record show " in said
    record: dict[str, Any] = json.loads(person.types(f"record show {said.split()[-1]} --json"))
    assert (record["room"], record["outcome"]) == ("garden-rehearsal", "whole")
    assert [phase["name"] for phase in record["phases"]] == PHASES
    assert all(abs(phase["difference"]) < 1.0 for phase in record["phases"])
    assert abs(record["length"] - record["planned_length"]) < 1.0
    titles = {piece["title"] for piece in record["pieces"]}
    assert {"Battle Music", "Elvish theme"} <= titles
    assert len(titles) > len(PHASES)
    assert {one["prompt"] for one in record["check_ins"]} >= {"Look in on both seats"}
    page = person.types("record --room garden-rehearsal --html record.html")
    assert "record.html" in page
    assert "Battle Music" in (person.here / "record.html").read_text()
