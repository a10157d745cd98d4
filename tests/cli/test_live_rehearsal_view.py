"""`kacenv rehearse --live` as somebody types it in a terminal, in a pipe, and by mistake."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path

import pytest
from support.daemon import KACENV
from support.houses import quiet_house
from support.mosquitto import free_port
from support.typed import typed

from kacenv.cli.live_rehearsal_view import RehearsalOptions, play, untyped
from kacenv.config import House
from kacenv.core.errors import DaemonError
from kacenv.core.units import Seconds
from kacenv.model.requests import Duck, Hold, Press, Silence
from kacenv.session.session import Session

ROOM = """
name: quiet
outputs:
  - {id: speakers, role: speakers, device: no such device}
"""
SCENE = """
title: Twenty minutes
phases:
  - {name: onset, duration: 10m, playlist: quiet, crossfade: 1s}
  - {name: return, duration: 10m, playlist: quiet, crossfade: 1s, level: -6 dB}
check_ins:
  - {at: 2m, phases: [return], prompt: Look in}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with a scene of twenty minutes, in a room whose device is away."""
    folder = tmp_path_factory.mktemp("house")
    quiet_house(folder, 300.0, rooms__quiet=ROOM, scenes__twenty=SCENE)
    return folder


def command(speed: str, *words: str) -> list[str]:
    """`kacenv rehearse` for the scene."""
    return [KACENV, "rehearse", "twenty", "--room", "quiet", "--live", speed, *words]


def test_in_a_pipe_each_thing_is_a_line_once(house: Path) -> None:
    """What it is comes first, then phases, presses and check-ins, each once; it ends by itself."""
    done = subprocess.run(
        command("1200", "--at", "3m", "hold", "--at", "5m", "release"),
        env={**os.environ, "KACENV_HOUSE": str(house)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    first, page, tunnel, elsewhere, *lines = done.stdout.splitlines()
    assert first == "twenty in quiet, 1200 times as fast: no sound, no lamps."
    assert page.startswith("The tablet's page, with all its keys: http://127.0.0.1:")
    port = page.rstrip("/").rpartition(":")[2]
    assert tunnel.endswith(f": ssh -L {port}:127.0.0.1:{port} user@machine")
    assert elsewhere.endswith("drive the real room; here use the page or --at.")
    said = [" ".join(line.split()[1:]) for line in lines]
    assert said[0] == "ONSET for 10:00"
    assert "note hold: Holding in onset. The music goes on until you release." in said
    assert said.count("note release: Time runs on in onset.") == 1
    assert said.count("check-in Look in") == 1
    assert lines[-1].startswith("The session has ended, after ")


def test_nothing_shown_is_to_be_typed(house: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What the engine tells to type would drive the real room: it is told without."""
    presses: list[tuple[Seconds, Press]] = [
        (Seconds(30.0), Duck.model_validate({"ducked": True})),
        (Seconds(40.0), Silence()),
    ]
    play(House(house), RehearsalOptions("twenty", "quiet", presses, 1200.0))
    said = capfd.readouterr().out
    assert "silence: The music fades to silence.\n" in said
    assert ": kacenv" not in said


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Peak waits for you. Go on with: kacenv next", "Peak waits for you."),
        ("You are holding; go on with: kacenv next", "You are holding"),
        ("Holding. Go on: kacenv release; or end: kacenv stop", "Holding."),
        ("A level of 1.5 dB. Good.", "A level of 1.5 dB. Good."),
    ],
)
def test_a_line_loses_what_is_to_be_typed(told: str, shown: str) -> None:
    """The rest of it stays as it was."""
    assert untyped(told) == shown


def test_a_rehearsal_that_dies_says_so(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It doesn't show the same moment for ever, nor wait for a press that is far off."""

    def fail(_: Session) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(Session, "_poll_devices", fail)
    hold: tuple[Seconds, Press] = (Seconds(600.0), Hold())
    with pytest.raises(DaemonError, match="The rehearsal has broken off: division by zero"):
        play(House(house), RehearsalOptions("twenty", "quiet", [hold], 1.0))


def test_its_page_is_where_it_was_asked_for(house: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """So that a way to it from another machine can be opened beforehand."""
    port = free_port()
    play(House(house), RehearsalOptions("twenty", "quiet", [], 3600.0, port=port))
    assert f"http://127.0.0.1:{port}/" in capfd.readouterr().out


def test_in_a_terminal_q_leaves(house: Path) -> None:
    """The room is drawn, with the page's address below; q leaves and says how far it came."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    environment = {**os.environ, "KACENV_HOUSE": str(house), "TERM": "xterm"}
    for wide in ("COLUMNS", "LINES"):
        environment.pop(wide, None)
    process = subprocess.Popen(
        command("60"), env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = read_until(ours, b"q leaves")
    os.write(ours, b"q")
    shown += read_until(ours, None)
    os.close(ours)
    assert process.wait(60) == 0
    for part in ("Twenty minutes", "60 times as fast", "The page: http://127.0.0.1:", "Left after"):
        assert part in shown.decode()


def read_until(terminal: int, sign: bytes | None) -> bytes:
    """What a program writes, up to `sign` or to its end."""
    shown = b""
    try:
        while sign is None or sign not in shown:
            shown += os.read(terminal, 65536)
    except OSError:
        pass  # how a terminal ends when its program does
    return shown


@pytest.mark.parametrize(
    ("words", "way_out"),
    [
        (["60", "--at", "2h", "hold"], "At 2:00:00, hold: the session has ended at 20:0"),
        (["60", "--at", "5s", "volume", "moon", "-3dB"], "There is no output moon"),
    ],
)
def test_a_press_that_would_be_refused_is_said_before_all_the_rest(
    house: Path, words: list[str], way_out: str
) -> None:
    """Nothing is opened for a rehearsal that can't be as it was asked for."""
    done = typed(*command(*words)[1:], env={"KACENV_HOUSE": str(house)})
    assert (done.returncode, done.stdout) == (1, "")
    assert way_out in done.stderr
