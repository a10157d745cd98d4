"""`kacenv check FILE` as somebody types it, with files that lie in no house."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support.daemon import KACENV
from support.typed import Said, typed

BROKEN = Path(__file__).parents[1] / "data" / "broken"
FILES = (
    "playlists/bomb.xspf",
    "playlists/empty.m3u8",
    "playlists/latin1.m3u8",
    "playlists/no-tracks.yaml",
    "playlists/torn.xspf",
    "playlists/url.m3u8",
    "playlists/words.yaml",
    "rooms/binary.yaml",
    "rooms/empty.yaml",
    "rooms/list.yaml",
    "rooms/tab.yaml",
    "rooms/utf16.yaml",
    "rooms/wrong-units.yaml",
    "scenes/duplicate-key.yaml",
    "scenes/open-quote.yaml",
    "scenes/several-errors.yaml",
    "scenes/wrong-units.yaml",
)
GOOD = "title: Good\nphases:\n  - {name: settle, duration: 2m, playlist: calm}\n"


def check(folder: Path, *words: str) -> Said:
    """Type `kacenv check WORDS` in a folder, where there is no house at all."""
    return typed("check", *words, env=without_house(folder), cwd=folder)


def without_house(folder: Path) -> dict[str, str]:
    """What tells a command that there is no house."""
    nowhere = folder / "no-house"
    nowhere.mkdir(exist_ok=True)
    return {"KACENV_HOUSE": str(nowhere), "KACENV_CACHE": str(folder / "cache")}


def spots(text: str, file: str) -> list[str]:
    """The lines and columns at which problems of a file are told."""
    return re.findall(rf"^{re.escape(file)}:(\d+:\d+)", text, re.MULTILINE)


def reviewed(name: str) -> list[str]:
    """Where the text beside a broken file tells its problems."""
    told = spots((BROKEN / f"{name}.txt").read_text(), name)
    assert told
    return told


@pytest.mark.parametrize("name", FILES)
def test_a_broken_file_is_told_by_its_line(tmp_path: Path, name: str) -> None:
    """Wherever it lies, a broken file gives the lines that it gives in a house, and ends with 1."""
    file = Path(shutil.copy(BROKEN / name, tmp_path))
    done = check(tmp_path, file.name)
    told = spots(done.stdout, file.name)
    assert set(reviewed(name)) <= set(told)
    assert (done.returncode, done.stderr) == (1, "")


def test_many_broken_files_are_told_at_once(tmp_path: Path) -> None:
    """By their whole paths, all at once: each gives its own lines."""
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    here.mkdir()
    files = {name: there / name.replace("/", "-") for name in FILES}
    for name, file in files.items():
        shutil.copy(BROKEN / name, file)
    done = check(here, *map(str, files.values()))
    for name, file in files.items():
        assert set(reviewed(name)) <= set(spots(done.stdout, str(file)))
    assert (done.returncode, done.stderr) == (1, "")


def test_a_good_file_ends_with_0_and_says_what_is_open(tmp_path: Path) -> None:
    """Without a house a scene may be right; that it was held against nothing is a warning."""
    (tmp_path / "good.yaml").write_text(GOOD)
    done = check(tmp_path, "good.yaml")
    said, summary = done.stdout.splitlines()
    assert said.startswith("good.yaml:1:1: no house to hold it against")
    assert summary == "Read: 0 rooms, 1 scene, 0 playlists. Problems: none. Warnings: 1."
    assert done.returncode == 0
    assert check(tmp_path, "good.yaml", "--strict").returncode == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gone.yaml", "nothing of this name"),
        ("./gone.yaml", "no such file"),
        ("folder", "a folder"),
        ("loop.yaml", "a link that leads to no file"),
        ("mem.yaml", "a file that can't be read: Input/output error"),
        ("pipe.yaml", "a device or a pipe"),
        ("notes.txt", "a file that ends in .txt"),
        ("nul.xspf", "something that isn't XML"),
        ("odd.yaml", "may be a room, a scene or a playlist, with the keys foo"),
    ],
)
def test_what_cannot_be_checked_is_answered(tmp_path: Path, name: str, words: str) -> None:
    """What is no file of ours, or can't be read, is named with what was found; the end is 1."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "mem.yaml").symlink_to("/proc/self/mem")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "notes.txt").write_text("Bring flowers.\n")
    (tmp_path / "nul.xspf").write_bytes(b"\0\1\2")
    (tmp_path / "odd.yaml").write_text("foo: 1\n")
    done = check(tmp_path, name)
    assert done.stdout.startswith(name.removeprefix("./"))
    assert words in done.stdout
    assert (done.returncode, done.stderr) == (1, "")


def test_programs_hear_of_all_files(tmp_path: Path) -> None:
    """Several files are checked at once; each format tells of each, also of one that is gone."""
    (tmp_path / "good.yaml").write_text(GOOD)
    shutil.copy(BROKEN / "scenes" / "several-errors.yaml", tmp_path)
    shutil.copy(BROKEN / "playlists" / "torn.xspf", tmp_path)
    names = ("good.yaml", "several-errors.yaml", "torn.xspf", "./gone.yaml")
    for form in ("json", "sarif", "github"):
        done = check(tmp_path, *names, "--format", form)
        assert (done.returncode, done.stderr) == (1, "")
        assert all(Path(name).name in done.stdout for name in names)
    found = json.loads(check(tmp_path, *names, "--json").stdout)
    assert found["read"] == {"rooms": 0, "scenes": 2, "playlists": 1}
    assert found["held_against"] == []
    assert {one["file"] for one in found["problems"]} == {Path(name).name for name in names[1:]}
    assert {one["rule"] for one in found["warnings"]} == {"unchecked"}


def test_a_mistyped_option_ends_with_2(tmp_path: Path) -> None:
    """A mistyped command isn't a problem of the file."""
    assert check(tmp_path, "good.yaml", "--formt", "json").returncode == 2


def test_a_process_tells_and_ends_as_all_others_do(tmp_path: Path) -> None:
    """A program that starts `kacenv check` has the same lines in its pipe, and the same end."""
    name = Path(shutil.copy(BROKEN / "scenes/several-errors.yaml", tmp_path)).name
    command = [KACENV, "check", name]
    own = {**os.environ, **without_house(tmp_path)}
    done = subprocess.run(
        command, env=own, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == check(tmp_path, name)
    assert (done.returncode, done.stderr) == (1, "")
