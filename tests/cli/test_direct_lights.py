"""The lamps without the daemon, as they are typed."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from support.daemon import KACENV
from support.houses import write_house
from support.mosquitto import Mosquitto

from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.model.room import Fixture
from kacenv.system.clock import MonotonicClock

LAMPS = (
    {"id": "seat", "dialect": "zigbee2mqtt", "topic": "z/seat", "zone": "seats"},
    {"id": "path", "dialect": "plain", "topic": "p/set", "state_topic": "p", "zone": "path"},
)
ROOM = """name: lit
outputs: [{{id: speakers, role: speakers}}]
broker: {{host: 127.0.0.1, port: {port}}}
lights: {lamps}
safe_light: {{seats: 70%, path: 50%}}
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Path]:
    """A house whose two lamps hang on a real broker."""
    with ExitStack() as stack:
        broker = stack.enter_context(Mosquitto(tmp_path))
        for lamp in LAMPS:
            fixture = Fixture.model_validate(lamp)
            hung = stack.enter_context(VirtualLamp(fixture, MonotonicClock(), broker.port))
            assert hung.wait_until_listening(60.0)
        text = ROOM.format(port=broker.port, lamps=json.dumps(LAMPS))
        yield write_house(tmp_path / "house", rooms__lit=text)


def typed(house: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Type `kacenv WORDS` where no daemon runs."""
    environment = {**os.environ, "KACENV_HOUSE": str(house), "KACENV_RUN": str(house / "run")}
    return subprocess.run(
        [KACENV, *words], env=environment, capture_output=True, text=True, check=False
    )


def test_lights_up_without_a_daemon(house: Path) -> None:
    """Each lamp is named with what it said; all confirmed is success."""
    done = typed(house, "lights-up", "--direct", "--room", "lit")
    assert done.returncode == 0, done.stderr
    assert [line.partition(" after")[0] for line in done.stdout.splitlines()] == [
        "seat: confirmed",
        "path: confirmed",
    ]


def test_lights_up_without_a_room_says_what_to_type(house: Path) -> None:
    """There is no daemon to ask which room."""
    done = typed(house, "lights-up", "--direct")
    assert done.returncode == 1
    assert "--direct --room ROOM" in done.stderr


def test_the_walk_round_the_lamps(house: Path) -> None:
    """For scripts: what each lamp was, was told and answered."""
    place = house / "rooms/lit.yaml"
    place.write_text(place.read_text().replace(json.dumps(LAMPS), json.dumps(LAMPS[1:])))
    done = typed(house, "lights", "test", "--room", "lit", "--json")
    assert done.returncode == 0, done.stderr
    (visit,) = json.loads(done.stdout)
    assert (visit["lamp"], visit["confirmed"]) == ("path", True)
