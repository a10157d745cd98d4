"""`kacenv preflight` as a therapist types it, ten minutes before."""

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from support.daemon import KACENV, Daemon
from support.houses import write_house
from support.mosquitto import Mosquitto
from support.pulse import Pulse
from support.sounds import tone, write_wav
from typer.main import get_command

from kacenv.cli.app import app
from kacenv.cli.completion import equip
from kacenv.clock import MonotonicClock
from kacenv.lights.virtual import VirtualLamp
from kacenv.look import parse_setting
from kacenv.room import Fixture

PATIENCE = 60.0
LAMP = {"id": "seat", "dialect": "plain", "topic": "s/set", "state_topic": "s", "zone": "seats"}
ROOM = """name: lit
outputs: [{{id: speakers, role: speakers, channels: [1]}}]
broker: {{host: 127.0.0.1, port: {port}}}
lights: [{lamp}]
safe_light: {{seats: 20%}}
"""
SCENE = """title: Calm
phases:
  - {name: peak, duration: 10m, playlist: calm}
"""
LIST = """title: Calm
repeat: yes
tracks:
  - {file: calm.wav, title: Calm, artist: Nobody, licence: CC0, instrumental: yes}
"""


class Room(NamedTuple):
    """A house with one room, its lamp, and what programs there see."""

    house: Path
    lamp: VirtualLamp
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
        fixture = Fixture.model_validate(LAMP)
        hung = VirtualLamp(fixture, MonotonicClock(), broker.port, setting=parse_setting("30%"))
        lamp = stack.enter_context(hung)
        assert lamp.wait_until_listening(PATIENCE)
        text = ROOM.format(port=broker.port, lamp=json.dumps(LAMP))
        lists = {"playlists__calm": LIST, "scenes__calm": SCENE}
        house = write_house(folder / "house", rooms__lit=text, **lists)
        write_wav(house / "playlists/calm.wav", tone(20.0, -20.0))
        environment = {
            **os.environ,
            **pulse.env,
            "KACENV_RUN": str(house / "run"),
            "KACENV_STATE": str(house / "state"),
            "KACENV_HOUSE": str(house),
        }
        yield Room(house, lamp, environment)


def test_a_room_that_is_well_is_go(room: Room) -> None:
    """Beside the idle daemon: every part is told for scripts, the lamp is left as it was."""
    with Daemon(room.house, "lit", room.environment):
        done = room.typed("preflight", "lit", "--scene", "calm", "--json", "--microphone", "Room")
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert (told["room"], told["scenes"]) == ("lit", ["calm"])
    marks = {one["what"]: one["mark"] for one in told["findings"]}
    assert told["go"] is ("NO-GO" not in marks.values())
    assert done.returncode == (0 if told["go"] else 1)
    for what in ("room", "files", "broker", "lamps", "output speakers"):
        assert marks[what] == "GO", told
    assert {"clock", "power", "disk", "music"} <= set(marks)
    assert room.lamp.level_now == pytest.approx(0.3, abs=0.02)
    assert max(level for _, level in room.lamp.log) == pytest.approx(0.4, abs=0.02)


def test_a_session_is_never_disturbed(room: Room) -> None:
    """While one is on, nothing is touched, and it is said why."""
    with Daemon(room.house, "lit", room.environment) as daemon:
        daemon.run("start", "calm")
        told = len(room.lamp.received)
        done = room.typed("preflight", "lit")
        assert len(room.lamp.received) == told
    assert (done.returncode, done.stdout) == (1, "")
    assert "A session is on in lit" in done.stderr


@pytest.fixture
def trouble(room: Room) -> Iterator[Room]:
    """The lamp without power, and a piece of which half is gone."""
    piece = room.house / "playlists/calm.wav"
    whole = piece.read_bytes()
    room.lamp.close()
    piece.write_bytes(whole[: len(whole) // 2])
    yield room
    piece.write_bytes(whole)
    room.lamp.start()
    assert room.lamp.wait_until_listening(PATIENCE)


def test_what_is_wrong_is_no_go_and_the_page_says_what_to_do(trouble: Room, tmp_path: Path) -> None:
    """At a terminal each part is named as it begins, and a person says what they heard."""
    page = tmp_path / "page.txt"
    code, text = at_a_terminal(trouble, "preflight", "lit", "--save", str(page), keys=b"n\n")
    assert code == 1
    assert "lamps: fading a little" in text
    assert "Did you hear a soft tone from speakers? [Y/n]" in text
    kept = page.read_text()
    assert kept.splitlines() == text.splitlines()[-len(kept.splitlines()) :]
    assert "    NO-GO: 3 things\n" in kept
    assert "lamp seat: doesn't answer. Check its power" in kept
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
    """A room or scene that isn't there, with those that are."""
    for words, says in ((["lot"], "lit"), (["lit", "--scene", "clam"], "calm")):
        done = room.typed("preflight", *words)
        assert (done.returncode, done.stdout) == (1, "")
        assert says in done.stderr


def test_the_tab_key_knows_rooms_and_scenes(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """After `preflight` come the rooms, after `--scene` the scenes."""
    monkeypatch.setenv("KACENV_HOUSE", str(room.house))
    command = get_command(app).commands["preflight"]  # type: ignore[attr-defined]  # a group
    equip(command, ("preflight",))
    context = command.make_context("preflight", ["lit"])
    offered = {
        one.name: [item.value for item in one.shell_complete(context, "")]
        for one in command.params
        if one.name in {"room", "scene"}
    }
    assert offered == {"room": ["lit"], "scene": ["calm"]}
