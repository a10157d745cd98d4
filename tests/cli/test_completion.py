"""What shells offer, asked by Typer's own protocol."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.houses import write_house
from support.typed import typed

GARDEN = """\
name: garden
outputs:
  - {id: speakers, role: speakers}
  - {id: seat-a, role: seat-a}
chimes: {lake: {notes: [E4]}}
"""
ATTIC = "name: attic\noutputs: [{id: box, role: speakers}]\n"
EVENING = """\
title: Evening
phases:
  - {name: settle, duration: 15m, playlist: calm}
  - {name: peak, duration: 1h5m, playlist: calm}
  - {name: return, duration: 20m, playlist: calm}
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with two rooms and two scenes."""
    folder = write_house(
        tmp_path / "house", rooms__garden=GARDEN, rooms__attic=ATTIC, scenes__evening=EVENING,
        scenes__morning="title: Morning\n", playlists__calm="title: Calm\n",
    )  # fmt: skip
    (folder / "playlists" / "old.m3u8").write_text("a.wav\n")
    return folder


def offered(house: Path, line: str, shell: str = "bash") -> list[str]:
    """What the shell offers at the end of what was typed."""
    words = line.split(" ")
    asked = {
        "bash": {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": line},
        "fish": {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    asked |= {"KACENV_HOUSE": str(house), "_KACENV_COMPLETE": f"complete_{shell}"}
    done = typed(env=asked)
    assert (done.returncode, done.stderr) == (0, "")
    return [line for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("kacenv start ", ["evening", "morning"]),
        ("kacenv start ev", ["evening"]),
        ("kacenv start evening --room ", ["attic", "garden"]),
        ("kacenv hold -r g", ["garden"]),
        ("kacenv rehearse evening --compare m", ["morning"]),
        ("kacenv rehearse evening --at ", ["0s", "15m", "1h20m"]),
        ("kacenv mute ", ["box", "seat-a", "speakers"]),
        ("kacenv mute --room garden ", ["seat-a", "speakers"]),
        ("kacenv volume --room garden se", ["seat-a"]),
        ("kacenv audio test --room attic ", ["box"]),
        ("kacenv chime --room garden l", ["lake"]),
        ("kacenv music scan ", ["calm", "old.m3u8"]),
        ("kacenv check ", ["attic", "calm", "evening", "garden", "morning", "old.m3u8"]),
        ("kacenv schema ", ["playlist", "room", "scene"]),
        ("kacenv init --room ", []),
        ("kacenv schem", ["schema"]),
    ],
)
def test_names_of_the_house_are_offered(house: Path, line: str, words: list[str]) -> None:
    """Scenes, rooms, outputs, chimes, playlists, and the times at which phases begin."""
    assert sorted(offered(house, line)) == words


def test_every_shell_is_answered(house: Path) -> None:
    """Zsh and fish get the same in their own spelling, with a word on each."""
    assert "".join(offered(house, "kacenv start ", "zsh")) == (
        '_arguments \'*: :(("evening""morning"))\''
    )
    fish = offered(house, "kacenv rehearse evening --at 1", "fish")
    assert fish == ["15m\tpeak begins", "1h20m\treturn begins"]


def test_broken_files_disturb_nobody(house: Path) -> None:
    """Where a file can't be read, nothing is offered and nothing is said."""
    (house / "rooms" / "garden.yaml").write_bytes(b"\xff\xfe: [")
    assert offered(house, "kacenv mute --room garden ") == []
    assert offered(house / "scenes", "kacenv start ") == []


def test_completing_loads_no_models(house: Path) -> None:
    """A shell waits for the answer: no pydantic, no numpy, no rich."""
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr))\n"
        "from kacenv.cli import main; main()"
    )
    environment = {
        **os.environ,
        "KACENV_HOUSE": str(house),
        "_KACENV_COMPLETE": "complete_bash",
        "COMP_WORDS": "kacenv mute ",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert "speakers" in done.stdout
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert "yaml" in loaded
    assert not {"pydantic", "numpy", "rich", "kacenv.config"} & (loaded | set(done.stderr.split()))
