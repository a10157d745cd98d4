"""`kacenv lights`: levels, and lamps that exist only in the program."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt import publish
from rich.console import Console
from support.houses import write_house
from support.mosquitto import free_port
from typer.testing import CliRunner

from kacenv.cli.app import app
from kacenv.cli.virtual_lamps import changes, swatch, table
from kacenv.core.errors import DeviceError
from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.simulator.virtual_lamp import Received, VirtualLamp
from kacenv.model.look import parse_setting
from kacenv.model.room import Fixture
from kacenv.system.clock import SimClock

ROOM = """name: lit
outputs: [{id: speakers, role: speakers}]
broker: {host: HOST, port: PORT}
lights:
  - {id: seat, dialect: wled, topic: wled/seat, zone: seats, can: [level, color, transition]}
safe_light: {seats: 70%}
"""


@pytest.fixture
def port() -> int:
    """A port that nothing listens on."""
    return free_port()


def house_of(path: Path, host: str, port: int) -> Path:
    """A house with one lamp, on a broker at `host` and `port`."""
    text = ROOM.replace("HOST", host).replace("PORT", str(port))
    return write_house(path / "house", rooms__lit=text)


@pytest.fixture
def simulated(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`kacenv lights simulate`, which is its room's broker, too."""
    words = ["lights", "simulate", "--room", "lit", "--broker", "--json"]
    house = ["--house", str(house_of(tmp_path, "127.0.0.1", port))]
    program = [sys.executable, "-m", "kacenv", *words, *house]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as running:
        yield running
        running.kill()


def next_line(running: subprocess.Popen[str]) -> dict[str, Any]:
    """The next change."""
    assert running.stdout is not None
    line = json.loads(running.stdout.readline())
    assert isinstance(line, dict)
    return line


def test_simulated_lamps_do_as_they_are_told(simulated: subprocess.Popen[str], port: int) -> None:
    """A line says how a lamp begins, further ones what it was told and shows."""
    assert next_line(simulated)["level"] == 0.0
    call = b'{"on":true,"bri":255,"seg":{"col":[[255,128,64]]}}'
    publish.single("wled/seat/api", call, hostname="127.0.0.1", port=port)
    told = next_line(simulated)
    assert (told["level"], told["color"], told["messages"]) == (1.0, "#ff8040", 1)
    assert told["last"] == f"wled/seat/api {call.decode()}"
    simulated.send_signal(signal.SIGINT)
    assert simulated.wait(60) == 130


def typed(*words: str) -> Exception | None:
    """What goes wrong when `kacenv lights WORDS` is typed."""
    result = CliRunner().invoke(app, ["lights", *words])
    assert result.exception is None or isinstance(result.exception, Exception)
    return result.exception


def test_a_broker_elsewhere_is_not_stood_in_for(tmp_path: Path) -> None:
    """The error says what to write instead."""
    house = house_of(tmp_path, "192.0.2.7", 1883)
    error = typed("simulate", "--room", "lit", "--broker", "--house", str(house))
    assert isinstance(error, DeviceError)
    assert "192.0.2.7:1883" in str(error)
    assert "broker: {host: 127.0.0.1}" in str(error)


def test_a_room_without_lamps_has_none_to_simulate(tmp_path: Path) -> None:
    """The error says where lamps are written."""
    text = "name: dark\noutputs: [{id: speakers, role: speakers}]\n"
    house = write_house(tmp_path / "house", rooms__dark=text)
    error = typed("simulate", "--room", "dark", "--house", str(house))
    assert isinstance(error, DeviceError)
    assert "has no lamps" in str(error)


@pytest.mark.parametrize("words", [("20%",), ("plan",), ("--room", "nowhere", "20%")])
def test_a_level_is_still_a_level(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a therapist types most needs no other word."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path))
    monkeypatch.delenv("KACENV_ROOM", raising=False)
    error = typed(*words)
    assert "running" in str(error)


@pytest.fixture
def lamp() -> VirtualLamp:
    """A lamp that has never met a broker."""
    fields = {"id": "seat", "dialect": "wled", "topic": "wled/seat", "zone": "seats"}
    return VirtualLamp(Fixture.model_validate(fields), SimClock(), 1)


def test_a_change_is_told_once(lamp: VirtualLamp) -> None:
    """What stays as it is isn't said again."""
    before: dict[str, Any] = {}
    assert len(list(changes([lamp], before))) == 1
    assert not list(changes([lamp], before))


def test_the_table_shows_each_lamp(lamp: VirtualLamp) -> None:
    """Its level as a bar, and its last message with nothing that a terminal would obey."""
    lamp.turn(Level(0.5))
    lamp.received.append(Received(Seconds(0.0), "wled/seat/api", b"\x1b[2J", retained=False))
    console = Console(width=120, file=StringIO())
    with console.capture() as capture:
        console.print(table([lamp]))
    text = capture.get()
    assert "██████████░░░░░░░░░░" in text
    assert "50%" in text
    assert "wled/seat/api ·[2J" in text


def test_a_swatch_is_the_light_on_a_screen() -> None:
    """The dark end is lifted, so that it can be told from off."""
    assert swatch(parse_setting("25% #ff8040")) == "#804020"
    assert swatch(parse_setting("off")) == "#000000"
    assert swatch(parse_setting("100% 2000 K")).startswith("#ff")
