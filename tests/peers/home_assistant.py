"""The scene with two lamps that Home Assistant has, too, and four hands from there."""

import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from support.daemon import Daemon
from support.mosquitto import Mosquitto, free_port
from support.priority import ahead
from support.waiting import PATIENCE, wait_until

from kacenv.devices.lights.dialects.color_convert import to_xy
from kacenv.devices.lights.fades.trajectory import MIRED
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.model.room import Fixture
from kacenv.system.clock import MonotonicClock
from peers.bridge import Shown
from peers.install import HERE, hass_python
from peers.row import Row
from peers.scene import FADE, SEEN_WITHIN, Hand, Scene, write_house

LAMPS = ("floor-left", "floor-right")
BETWEEN, NEAR, BRIGHT = 38, 15, 230
"""What hands set, of 255: later on a fade's way, next on its way, and beyond its end."""
_FULL = 255


def report() -> Iterator[Row]:
    """Play the scene."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        broker = stack.enter_context(Mosquitto(Path(folder)))
        lights = [_fixture(name) for name in LAMPS]
        lamps = {
            one["id"]: stack.enter_context(
                VirtualLamp(Fixture.model_validate(one), MonotonicClock(), broker.port)
            )
            for one in lights
        }
        house = write_house(Path(folder) / "house", broker.port, lights)
        hass = stack.enter_context(HomeAssistant(Path(folder) / "hass", broker.port))
        daemon = stack.enter_context(Daemon(house, "peers"))
        scene = Scene(
            daemon,
            lights,
            lambda name: _shown(lamps[name]),
            hass.differs,
        )
        yield from scene.run(_hands(hass))


def _hands(hass: "HomeAssistant") -> list[Hand]:
    lamp = LAMPS[0]

    def turn(brightness: int) -> Callable[[], None]:
        return lambda: hass.call("turn_on", lamp, brightness=brightness)

    def off() -> None:
        hass.call("turn_off", lamp)

    late = FADE + SEEN_WITHIN
    return [
        Hand("dusk", lamp, "HA in mid-fade: between its ends", turn(BETWEEN), BETWEEN / _FULL),
        Hand(
            "dark", lamp, "HA in mid-fade: where it passes", turn(NEAR), NEAR / _FULL, within=late
        ),
        Hand("dawn", lamp, "HA in mid-fade: off", off, 0.0),
        Hand("day", lamp, "HA in mid-fade: beyond its end", turn(BRIGHT), BRIGHT / _FULL),
    ]


def _fixture(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "dialect": "home-assistant",
        "zone": "seats",
        "topic": f"esp/{name}/command",
        "state_topic": f"esp/{name}/state",
        "can": ["level", "kelvin", "color", "transition"],
    }


def _shown(lamp: VirtualLamp) -> Shown:
    setting = lamp.setting_now
    mired = MIRED / setting.kelvin if setting.kelvin else None
    xy = to_xy(setting.color) if setting.color else None
    return Shown(time.monotonic(), lamp.level_now, mired, xy)


class HomeAssistant:
    """Home Assistant with the lamps as MQTT lights, by `hass.py` in its own Python."""

    def __init__(self, folder: Path, port: int) -> None:
        folder.mkdir()
        lights = [_configured(name) for name in LAMPS]
        (folder / "configuration.yaml").write_text(json.dumps({"mqtt": {"light": lights}}))
        self._words = [str(hass_python()), str(HERE / "hass.py")]
        self._words += [str(folder), str(port), str(free_port())]
        self._log = folder / "hass.log"
        self._states: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        """Start it, and wait until it has its lights."""
        environment = {name: os.environ[name] for name in os.environ if "PYTHON" not in name}
        with self._log.open("wb") as log, ahead():
            self._process = subprocess.Popen(
                self._words,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        threading.Thread(target=self._hear, daemon=True).start()
        wait_until(self._is_ready, "Home Assistant isn't ready", 3 * PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(PATIENCE)

    def _is_ready(self) -> bool:
        assert self._process.poll() is None, self._log.read_text()[-2000:]
        return "ready" in self._states and all(_entity(name) in self._states for name in LAMPS)

    def _hear(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            fields = json.loads(line)
            self._states[fields.get("entity", "ready")] = fields

    def call(self, service: str, lamp: str, **fields: object) -> None:
        """Call a service for a lamp."""
        assert self._process.stdin is not None
        asked = {"service": service, "entity_id": _entity(lamp), **fields}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()

    def differs(self, lamp: str, level: float) -> str:
        """Return what Home Assistant says of a lamp if that isn't its level; else nothing."""
        state = self._states[_entity(lamp)]
        brightness = state.get("brightness") or 0
        same = abs(brightness / _FULL - level) <= 1.5 / _FULL and state["state"] == (
            "on" if level else "off"
        )
        return "" if same else f"Home Assistant says {state}"


def _entity(lamp: str) -> str:
    return f"light.{lamp.replace('-', '_')}"


def _configured(lamp: str) -> dict[str, Any]:
    fixture = _fixture(lamp)
    return {
        "schema": "json",
        "name": lamp,
        "unique_id": lamp,
        "command_topic": fixture["topic"],
        "state_topic": fixture["state_topic"],
        "brightness": True,
        "color_mode": True,
        "supported_color_modes": ["color_temp", "rgb"],
    }
