"""`kacenv preflight` as a therapist types it, ten minutes before."""

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import rmtree
from typing import NamedTuple

import pytest
from support.daemon import KACENV, ForkedDaemon
from support.fork_server import ForkServer
from support.houses import write_house
from support.mosquitto import Mosquitto
from support.pulse import Pulse
from support.sounds import tone, write_wav
from support.typed import typed
from support.waiting import PATIENCE
from typer.main import get_command

from kacenv.cli.app import app
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.model.look import parse_setting
from kacenv.model.room import Fixture
from kacenv.system.clock import MonotonicClock

LAMP = {"id": "seat", "dialect": "plain", "topic": "s/set", "state_topic": "s", "zone": "seats"}
OWN = {
    "id": "own",
    "dialect": "home-assistant",
    "topic": "o/set",
    "state_topic": "o",
    "zone": "seats",
    "can": ["level", "transition"],
}
OUTPUT = "outputs: [{id: speakers, role: speakers, channels: [1]}]"
UNLIT = f"name: unlit\n{OUTPUT}\n"
ROOM = """name: lit
outputs: [{{id: speakers, role: speakers, channels: [1]}}]
broker: {{host: 127.0.0.1, port: {port}}}
lights: {lamps}
safe_light: {{seats: 20%}}
looks: {{bright: {{seats: 60%}}}}
"""
SCENE = """title: Calm
phases:
  - {name: peak, duration: 10m, playlist: calm, crossfade: 5s}
"""
BRIGHT = SCENE.replace("5s}", "5s, light: bright, light_fade: 2s}")
LIST = """title: Calm
repeat: yes
crossfade: 5s
tracks:
  - {file: calm.wav, title: Calm, artist: Nobody, licence: CC0, instrumental: yes}
"""


class Room(NamedTuple):
    """A house with a lit room, its lamps, and what programs there see; `own` fades by itself."""

    house: Path
    lamp: VirtualLamp
    own: VirtualLamp
    environment: dict[str, str]

    def typed(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Type `kacenv WORDS`."""
        return subprocess.run(
            [KACENV, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """All of it for real: a broker, a lamp, a sound server, a piece of music."""
    folder = tmp_path_factory.mktemp("preflight")
    with ExitStack() as stack:
        broker = stack.enter_context(Mosquitto(folder))
        pulse = stack.enter_context(Pulse(folder))
        clock, lit = MonotonicClock(), parse_setting("30%")
        fixtures = [Fixture.model_validate(fields) for fields in (LAMP, OWN)]
        hung = [VirtualLamp(fixture, clock, broker.port, setting=lit) for fixture in fixtures]
        for lamp in hung:
            stack.enter_context(lamp)
            assert lamp.wait_until_listening(PATIENCE)
        text = ROOM.format(port=broker.port, lamps=json.dumps([LAMP, OWN]))
        files = {"playlists__calm": LIST, "scenes__calm": SCENE, "scenes__bright": BRIGHT}
        house = write_house(folder / "house", rooms__lit=text, rooms__unlit=UNLIT, **files)
        write_wav(house / "playlists/calm.wav", tone(20.0, -20.0))
        environment = {
            **os.environ,
            **pulse.env,
            "KACENV_RUN": str(house / "run"),
            "KACENV_STATE": str(house / "state"),
            "KACENV_HOUSE": str(house),
        }
        yield Room(house, hung[0], hung[1], environment)


def test_a_room_that_is_well_is_go(room: Room, forks: ForkServer) -> None:
    """Beside the idle daemon: every part is told for scripts, the lamp is left as it was."""
    with ForkedDaemon(forks, room.house, "lit", room.environment):
        done = room.typed("preflight", "lit", "--scene", "calm", "--json", "--microphone", "Room")
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert (told["room"], told["scenes"]) == ("lit", ["calm"])
    marks = {one["what"]: one["mark"] for one in told["findings"]}
    assert told["go"] is ("NO-GO" not in marks.values())
    assert done.returncode == (0 if told["go"] else 1)
    for what in ("room", "files", "broker", "lamps", "output speakers"):
        assert marks[what] == "GO", room.typed("check", "lit", "calm").stdout
    assert {"clock", "power", "disk", "music"} <= set(marks)
    for lamp in (room.lamp, room.own):
        assert lamp.level_now == pytest.approx(0.3, abs=0.02)
    assert max(level for _, level in room.lamp.log) == pytest.approx(0.4, abs=0.02)


def test_a_session_that_begins_in_the_lamps_round_has_its_light(
    room: Room, forks: ForkServer
) -> None:
    """Each lamp ends where the session wants it, and the page says why.

    Whoever scripts it is told what was found until then, and no go. Another preflight isn't begun.
    """
    told = len(room.own.received)
    with ForkedDaemon(forks, room.house, "lit", room.environment) as daemon:
        with subprocess.Popen(
            [KACENV, "preflight", "lit", "--json"],
            env=room.environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as going:
            # The lamps' round comes after all others, of which each has this patience.
            assert room.own.wait_for(lambda lamp: len(lamp.received) > told, 5 * PATIENCE)
            assert "begins with peak" in daemon.told("start", "bright").stdout
            said = json.loads(going.communicate(timeout=PATIENCE)[0])
        again = typed("preflight", "lit", env=room.environment)
        for lamp in (room.lamp, room.own):
            assert lamp.wait_for(lambda lamp: abs(lamp.level_now - 0.6) < 0.02, PATIENCE)
    rmtree(room.house / "state")
    assert (again.returncode, again.stdout) == (1, "")
    assert "A session is on in lit" in again.stderr
    assert "nothing has been touched" in again.stderr
    assert (going.returncode, said["go"]) == (1, False)
    assert said["stopped"] == "A session is on in lit."
    assert "files" in {one["what"] for one in said["findings"]}


@pytest.fixture
def trouble(room: Room) -> Iterator[Room]:
    """A piece of which half is gone."""
    piece = room.house / "playlists/calm.wav"
    whole = piece.read_bytes()
    piece.write_bytes(whole[: len(whole) // 2])
    yield room
    piece.write_bytes(whole)


def test_what_is_wrong_is_no_go_and_the_page_says_what_to_do(trouble: Room, tmp_path: Path) -> None:
    """At a terminal each part is named as it begins, and a person says what they heard."""
    page = tmp_path / "page.txt"
    words = ("preflight", "unlit", "--scene", "calm", "--save", str(page))
    code, text = at_a_terminal(trouble, *words, keys=b"n\n")
    assert code == 1
    assert "output speakers: a soft tone, mono" in text
    assert "Did you hear a soft tone from speakers? [Y/n]" in text
    kept = page.read_text()
    assert kept.splitlines() == text.splitlines()[-len(kept.splitlines()) :]
    assert "    NO-GO: 2 things\n" in kept
    assert "output speakers: not heard, though the device took the tone" in kept
    assert "piece calm.wav: " in kept


def at_a_terminal(room: Room, *words: str, keys: bytes) -> tuple[int, str]:
    """Type a command at a terminal, and these keys at its first question."""
    near, far = pty.openpty()
    with subprocess.Popen(
        [KACENV, *words], env=room.environment, stdin=far, stdout=far, stderr=far
    ) as typed:
        os.close(far)
        seen = b""
        while part := _read(near):
            seen += part
            if keys and b"[Y/n]" in seen:
                os.write(near, keys)
                keys = b""
    os.close(near)
    return typed.returncode, seen.decode()


def _read(end: int) -> bytes:
    """What comes; nothing once the far end is closed."""
    try:
        return os.read(end, 4096)
    except OSError:
        return b""


def test_mistakes_are_told_before_anything_is_touched(room: Room) -> None:
    """A room or scene that isn't there, with those that are; a page that can't be kept."""
    away = str(room.house / "nowhere/page.txt")
    for words, says in (
        (["lot"], "lit"),
        (["lit", "--scene", "clam"], "calm"),
        (["lit", "--save", away], "can't be written"),
    ):
        done = typed("preflight", *words, env=room.environment)
        assert (done.returncode, done.stdout) == (1, "")
        assert says in done.stderr


def test_the_tab_key_knows_rooms_and_scenes(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """After `preflight` come the rooms, after `--scene` the scenes."""
    monkeypatch.setenv("KACENV_HOUSE", str(room.house))
    command = get_command(app).commands["preflight"]  # type: ignore[attr-defined]  # a group
    context = command.make_context("preflight", ["lit"])
    offered = {
        one.name: [item.value for item in one.shell_complete(context, "")]
        for one in command.params
        if one.name in {"room", "scene"}
    }
    assert offered == {"room": ["lit", "unlit"], "scene": ["bright", "calm"]}
