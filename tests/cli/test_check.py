"""`kacenv check` and `kacenv schema` as somebody types them."""

import json
from pathlib import Path

import pytest
from support.houses import write_house
from support.sounds import tone, write_wav
from support.typed import Said, typed

ROOM = "name: r\noutputs:\n  - {id: speakers, role: speakers, device: Moon Base}\n"
SCENE = "title: New\nphases:\n  - {name: return, duration: 2m, playlist: calm}\n"
CALM = (
    "title: Calm\nrepeat: yes\ntracks:\n"
    "  - {file: a.wav, title: A, artist: B, licence: CC0, instrumental: yes}\n"
)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house whose only fault is a track that startles; a folder with % and , in its name."""
    folder = write_house(
        tmp_path / "100%, mine", rooms__r=ROOM, scenes__new=SCENE, playlists__calm=CALM
    )
    write_wav(folder / "playlists/a.wav", tone(20, -45), tone(40, -20), channels=1)
    return folder


def kacenv(house: Path, *words: str) -> Said:
    """Type `kacenv WORDS` beside the house, with a cache of its own."""
    own = {"KACENV_HOUSE": str(house), "KACENV_CACHE": str(house.parent / "cache")}
    return typed(*words, env=own, cwd=house.parent)


def test_check_measures_what_is_new(house: Path) -> None:
    """The first check decodes, and so knows that the track startles; another need not."""
    done = kacenv(house, "check", "--no-measure")
    assert "run: kacenv music scan calm" in done.stdout
    for _ in range(2):
        done = kacenv(house, "check")
        startling, summary = done.stdout.splitlines()
        assert "a.wav may startle: at 0:20 it becomes" in startling
        assert summary == "Read: 1 room, 1 scene, 1 playlist. Problems: none. Warnings: 1."
        assert (done.returncode, done.stderr) == (0, "")


def test_strict_takes_warnings_for_problems(house: Path) -> None:
    """0 without --strict, 1 with it; a mistyped option is 2."""
    assert kacenv(house, "check").returncode == 0
    assert kacenv(house, "check", "--strict").returncode == 1
    assert kacenv(house, "check", "--stricter").returncode == 2


def test_here_looks_for_the_devices(house: Path) -> None:
    """On the room's own machine, an output without its device is a warning at its line."""
    assert "Moon Base" not in kacenv(house, "check").stdout
    done = kacenv(house, "check", "--here")
    column = ROOM.splitlines()[2].index("Moon") + 1
    place = f"r.yaml:3:{column}: speakers can't sound on this machine: no sound device"
    assert place in done.stdout
    assert done.returncode == 0


def test_named_files_alone(house: Path) -> None:
    """Only what was asked for is told; an unknown name is a problem."""
    (house / "rooms" / "bad.yaml").write_text("name: bad\n")
    assert kacenv(house, "check", "new").returncode == 0
    assert kacenv(house, "check").returncode == 1
    mistyped = kacenv(house, "check", "neww")
    assert (mistyped.returncode, mistyped.stderr) == (1, "")
    assert "example   new\n" in mistyped.stdout


def test_json_is_for_scripts(house: Path) -> None:
    """Every problem and warning, each with its place and its parts."""
    (house / "rooms" / "bad.yaml").write_text("name: bad\n")
    found = json.loads(kacenv(house, "check", "--format", "json").stdout)
    assert found["read"] == {"rooms": 2, "scenes": 1, "playlists": 1}
    (problem,) = found["problems"]
    assert (problem["line"], problem["found"]) == (1, "no `outputs`")
    assert [one["rule"] for one in found["warnings"]] == ["startling"]


def test_github_shows_it_beside_the_lines(house: Path) -> None:
    """One annotation for each, with the signs that GitHub takes otherwise escaped."""
    (house / "rooms" / "bad.yaml").write_text("name: bad\n")
    lines = kacenv(house, "check", "--format", "github").stdout.splitlines()
    assert lines[0].startswith("::error file=100%25%2C mine/rooms/bad.yaml,line=1,col=1::found no")
    assert lines[1].startswith("::warning file=100%25%2C mine/playlists/calm.yaml,line=4,col=12::")
    assert len(lines) == 2


def test_sarif_is_whole(house: Path) -> None:
    """Each result has a rule that is described, a level, a message and a place (SARIF 2.1.0)."""
    (house / "rooms" / "bad.yaml").write_text("name: bad\n")
    log = json.loads(kacenv(house, "check", "--format", "sarif").stdout)
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    known = {
        rule["id"]: rule["shortDescription"]["text"] for rule in run["tool"]["driver"]["rules"]
    }
    assert all(known.values())
    assert [(one["ruleId"], one["level"]) for one in run["results"]] == [
        ("problem", "error"),
        ("startling", "warning"),
    ]
    assert {one["ruleId"] for one in run["results"]} <= set(known)
    (place,) = run["results"][1]["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "100%25%2C%20mine/playlists/calm.yaml"},
        "region": {"startLine": 4, "startColumn": 12},
    }


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "the file is empty; copy it again"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "it is a web page, not music"),
        (b"Bring flowers.\n", "it is text, not music"),
    ],
)
def test_what_the_room_would_pass_over_is_a_problem(house: Path, content: bytes, why: str) -> None:
    """It is told at the track's line in its own words, and the check fails, as it does again."""
    (house / "playlists/a.wav").write_bytes(content)
    for _ in range(2):
        done = kacenv(house, "check")
        assert done.returncode == 1
        assert f"found     a.wav, which the room can't play: {why}" in done.stdout


def test_a_cache_that_cannot_be_written_only_leaves_music_unmeasured(house: Path) -> None:
    """Where nothing can be kept, check says so and goes on."""
    (house.parent / "cache").write_text("")
    done = kacenv(house, "check")
    assert "What is measured can't be kept" in done.stderr
    assert "hasn't been measured" in done.stdout
    assert done.returncode == 0


def test_schemas_are_printed_and_written(house: Path) -> None:
    """One to the terminal, or all three to a folder."""
    printed = kacenv(house, "schema", "scene").stdout
    written = kacenv(house, "schema", "--all", "schemas").stdout.split()
    assert written == ["schemas/room.json", "schemas/scene.json", "schemas/playlist.json"]
    assert (house.parent / "schemas" / "scene.json").read_text() == printed
    done = kacenv(house, "schema", "lamp")
    assert (done.returncode, done.stdout) == (1, "")
    assert "room, scene, playlist" in done.stderr
