"""The command line as a therapist and a technician meet it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.daemon import KACENV, Daemon, ForkedDaemon
from support.fork_server import ForkServer
from support.houses import quiet_house, write_house
from support.processes import kill_all_with
from support.sounds import tone, write_wav
from support.typed import Said, typed

ROOM = "name: quiet\noutputs:\n  - {id: speakers, role: speakers}\n"
SCENE = """
title: Quiet
phases:
  - {name: onset, duration: 10m, playlist: quiet}
  - {name: return, duration: 5m, playlist: quiet}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with a room, a scene and a playlist of silence."""
    folder = tmp_path_factory.mktemp("house")
    quiet_house(folder, rooms__quiet=ROOM, scenes__quiet=SCENE)
    return folder


@pytest.fixture(scope="module")
def daemon(house: Path, forks: ForkServer) -> Iterator[Daemon]:
    """The room's daemon, playing the scene."""
    with ForkedDaemon(forks, house, "quiet") as running:
        running.told("start", "quiet")
        yield running


def alone(*words: str, house: Path) -> Said:
    """Type `kacenv WORDS` on a machine where no room runs."""
    return typed(*words, env={"KACENV_HOUSE": str(house), "KACENV_RUN": str(house / "norun")})


@pytest.mark.parametrize(
    ("words", "reply"),
    [
        (["hold"], "Holding in onset. The music goes on until you release."),
        (["hold"], "Already holding."),
        (["release"], "Time runs on in onset."),
        (["release"], "Time is running already."),
        (["extend", "10m"], "Onset is now 20m long; what follows moves with it."),
        (["volume", "-3dB"], "All outputs: -3 dB from the plan."),
        (["volume", "speakers", "-6", "dB"], "speakers: -6 dB from the plan."),
        (["volume", "speakers", "-6 dB"], "speakers: -6 dB from the plan already."),
        (["mute", "speakers"], "speakers: muted."),
        (["mute", "--off"], "Speakers and seats: sounding."),
        (["duck", "--off"], "The music is at its level already."),
        (["silence"], "The music fades to silence. Bring it back with: kacenv music"),
        (["silence"], "It is silent already."),
        (["music"], "The music comes back."),
        (["music"], "The music is playing already."),
        (
            ["intensity", "up"],
            "No piece of this phase says how much energy it has; the music goes on as planned.",
        ),
        (["chime", "two-bells"], "Chime for staff."),
        (["done"], "No check-in is due."),
        (["snooze", "10m"], "No check-in is due."),
        (["pass"], "No check-in is due."),
        (["seat", "a", "started"], "Seat A has begun."),
        (["seat", "a", "reset"], "Seat A is set back."),
        (["lights", "20%"], "Lights go to 20%, until the next phase's look."),
        (["lights", "plan"], "The lights follow the plan again."),
        (
            ["lights-up"],
            "Lights are coming up and stay up. Give them back with: kacenv lights plan",
        ),
        (["start", "quiet"], "This session is on already."),
        (["next"], "Going on to return."),
        (["back"], "Going back to onset."),
        (["end"], "Coming home through return; 5m to the end."),
        (["end"], "Already on the way home."),
        (["stop"], "Stopping: the music fades out and the safe light comes up."),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_each_press_answers_in_plain_words(daemon: Daemon, words: list[str], reply: str) -> None:
    """What is typed is done and said; in this order, a whole session."""
    done = typed(*words, env=daemon.environment)
    assert (done.stdout.strip(), done.stderr, done.returncode) == (reply, "", 0)


def test_status_is_for_people_and_for_programs(daemon: Daemon) -> None:
    """The same status comes in words, and as JSON for scripts."""
    assert "sound     " in daemon.told("status").stdout
    assert json.loads(daemon.told("status", "--json").stdout)["room"] == "quiet"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["volume", "24dB"], "+6 dB above the plan is the most that can be asked for."),
        (["extend", "ten"], "for example: 1h10m"),
        (["lights", "bright"], "expected a light level from 0% to 100%"),
        (["volume", "moon", "0dB"], "There is no output moon; there is speakers."),
        (["chime", "gong"], "bell"),
        (["start", "noisy"], "quiet"),
        (["status", "--room", "garden"], "The room garden isn't running."),
        (["serve", "--room", "quiet"], "The room quiet is already being run by another kacenv."),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_mistakes_get_the_way_out(daemon: Daemon, words: list[str], error: str) -> None:
    """A mistake ends with 1 and one clear error; never with a traceback."""
    done = typed(*words, env=daemon.environment)
    assert done.returncode == 1
    assert error in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["intensity", "sideways"], "expected 'up' or 'down'; type: intensity up"),
        (["seat", "c", "started"], "expected 'a' or 'b'; type: seat a started"),
        (["snooze", "soon", "later"], "Type: snooze, snooze 10m"),
        (["volume", "speakers", "3"], "kacenv volume -3dB"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_what_is_mistyped_gets_its_syntax(house: Path, words: list[str], error: str) -> None:
    """Words that no request has end with 2, before any room is asked."""
    done = alone(*words, house=house)
    assert done.returncode == 2
    assert error in " ".join(done.stderr.split())


def test_start_brings_up_a_room_that_does_not_run(house: Path, tmp_path: Path) -> None:
    """`start` on a quiet machine starts the daemon, the daemon the session."""
    run = tmp_path / "run"
    own = {"KACENV_HOUSE": str(house), "KACENV_RUN": str(run), "KACENV_STATE": str(tmp_path)}
    environment = {**os.environ, **own}
    done = subprocess.run(
        [KACENV, "start", "quiet", "--room", "quiet"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        assert done.stdout.strip() == "Quiet begins with onset; 15m planned.", done.stderr
    finally:
        kill_all_with(str(house))


def test_a_daemon_that_cannot_start_says_why(tmp_path: Path) -> None:
    """Where the room's file is wrong, `start` shows the problem and its line."""
    house = write_house(tmp_path, rooms__bad=ROOM + "colour: red\n", scenes__quiet=SCENE)
    done = alone("start", "quiet", "--room", "bad", house=house)
    assert done.returncode == 1
    assert "bad.yaml:4:1" in done.stderr


def test_rehearse_prints_the_session(house: Path) -> None:
    """Phases, pieces and the end, each with its time."""
    lines = alone("rehearse", "quiet", "--room", "quiet", house=house).stdout.splitlines()
    assert lines[0] == "Quiet: 2 phases, 15m planned"
    assert lines[1] == "    0:00  ONSET  10m, music +0 dB"
    assert any("15:00    music     fades out" in line for line in lines)
    assert lines[-1] == "   15:20  the session has ended"


def test_check_says_whether_all_is_well(tmp_path: Path) -> None:
    """A right house passes with 0; a wrong one fails with 1 and every problem."""
    right = quiet_house(tmp_path / "right", rooms__quiet=ROOM, scenes__quiet=SCENE)
    write_wav(right / "playlists/quiet.wav", tone(60, -20.0), channels=1)
    good = alone("check", house=right)
    assert good.returncode == 0
    summary = "Read: 1 room, 1 scene, 1 playlist. Problems: none. Warnings: none.\n"
    assert good.stdout == summary
    bad = write_house(tmp_path / "wrong", rooms__r="name: r\n", scenes__s="title: s\ncolour: red\n")
    done = alone("check", house=bad)
    assert done.returncode == 1
    assert "scenes/s.yaml:2:1" in done.stdout
    assert "rooms/r.yaml" in done.stdout


def test_help_loads_nothing_heavy() -> None:
    """Asking for help or sending a press imports no numpy, no models, no devices."""
    code = (
        "import sys; import kacenv.cli.app, kacenv.server.client, kacenv.cli.status_text;"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy = {
        "numpy",
        "pydantic",
        "vlc",
        "mido",
        "paho",
        "fastapi",
        "uvicorn",
        "yaml",
        "rich",
        "http",
    }
    assert not heavy & set(loaded.stdout.split())


def test_asking_for_the_status_loads_no_tables() -> None:
    """What a therapist asks most often needs neither the requests' nor the status's definitions."""
    code = (
        "import sys; from kacenv.cli import main; import kacenv.cli.status_text\n"
        "sys.argv = ['kacenv', 'status']\n"
        "try: main()\n"
        "except SystemExit: print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "kacenv.server.client" in loaded.stdout.split()
    assert not {"dataclasses", "kacenv.model.status"} & set(loaded.stdout.split())
