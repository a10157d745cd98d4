"""A session rendered from the command line's side: the file, and what staff would be told."""

from pathlib import Path

import pytest
import soundfile
from support.houses import quiet_house

from kacenv.cli.render import render_scene
from kacenv.config import House

ROOM = """
name: quiet
outputs:
  - {id: speakers, role: speakers}
  - {id: staff, role: staff, channels: [3]}
"""
SCENE = """
title: Quiet
phases:
  - {name: return, duration: 20s, playlist: quiet, crossfade: 1s}
check_ins:
  - {at: 5s, prompt: Look in}
"""


def test_the_file_is_written_and_staff_s_words_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The summary names the file, its length and each check-in; no bar outside a terminal."""
    quiet_house(tmp_path, rooms__quiet=ROOM, scenes__quiet=SCENE)
    path = tmp_path / "out.flac"
    render_scene(House(tmp_path), "quiet", "quiet", path, "staff")
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == f"0:21 of sound are in {path}."
    assert "    0:05  Look in" in said.out.splitlines()
    assert said.err == ""
    assert soundfile.info(path).channels == 1
