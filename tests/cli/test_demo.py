"""The demo: a whole session with a broker and lamps of its own, in a terminal and in a pipe."""

import os
import pty
import subprocess
from pathlib import Path

import pytest
from support.daemon import KACENV
from support.houses import write_house, write_silence

ROOM = """
name: demo
outputs:
  - {id: speakers, role: speakers}
broker: {host: 127.0.0.1}
lights:
  - {id: seat, dialect: zigbee2mqtt, topic: z/seat, zone: seats, can: [level, kelvin, transition]}
looks:
  dim: {seats: 10% 2200 K}
  day: {seats: 40% 2700 K}
safe_light: {seats: 70% 3000 K}
"""
SCENE = """
title: A short demo
phases:
  - {name: peak, duration: 2s, playlist: quiet, light: dim, light_fade: 1s, crossfade: 1s}
  - {name: return, duration: 2s, playlist: quiet, light: day, light_fade: 1s, crossfade: 1s}
check_ins:
  - {at: 1s, prompt: Look in}
"""
PLAYLIST = """
title: Quiet
tracks:
  - {file: quiet.wav, title: Nothing at all, artist: Nobody, licence: CC0, instrumental: yes}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house whose demo lasts four seconds."""
    folder = tmp_path_factory.mktemp("house")
    write_house(folder, rooms__demo=ROOM, scenes__demo=SCENE, playlists__quiet=PLAYLIST)
    write_silence(folder / "playlists/quiet.wav", 60.0)
    return folder


def environment(house: Path) -> dict[str, str]:
    """A run folder of the demo's own."""
    return {**os.environ, "KACENV_RUN": str(house / "run"), "TERM": "xterm", "COLUMNS": "120"}


def test_in_a_pipe_the_demo_prints_plain_lines(house: Path) -> None:
    """Phases, check-ins, lamps and a summary come as lines; the demo ends by itself with 0."""
    command = [KACENV, "demo", "--house", str(house)]
    done = subprocess.run(
        command, env=environment(house), capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "0:00  PEAK  for 0:02"
    assert any(line.endswith("check-in  Look in") for line in lines)
    assert any("RETURN" in line for line in lines)
    assert "The session has ended. Heard: 2 phases, 1 pieces of music," in lines
    assert lines[-1].startswith("  lamp seat:")
    assert "messages, now" in lines[-1]


def test_in_a_terminal_the_demo_draws_the_room(house: Path) -> None:
    """A terminal shows the live picture, and afterwards the summary."""
    shown = _on_a_terminal([KACENV, "demo", "--house", str(house)], environment(house))
    for part in ("A short demo", "peak", "Nothing at all", "seat ", "The session has ended"):
        assert part in shown
    assert "Traceback" not in shown


def _on_a_terminal(command: list[str], environment: dict[str, str]) -> str:
    """All that a program writes to a terminal of its own."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:
        pass  # how a terminal ends when its program does
    os.close(ours)
    assert process.wait(60) == 0
    return shown.decode()
