"""The bridge of bridge.mjs as a process, and what its bulbs show."""

import json
import subprocess
import time
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from support.priority import ahead
from support.waiting import PATIENCE, wait_until

from peers.bulbs import Bulb
from peers.install import ZIGBEE


class Shown(NamedTuple):
    """What a lamp shows at a moment (s of the machine's clock)."""

    at: float
    level: float
    mired: float | None = None
    xy: tuple[float, float] | None = None


class Bridge:
    """Bulbs behind the converters, on a broker of this machine."""

    def __init__(self, port: int, bulbs: Mapping[str, Bulb]) -> None:
        self.traces: dict[str, list[Shown]] = {name: [] for name in bulbs}
        self._options = {
            "port": port,
            "bulbs": {name: bulb.for_bridge() for name, bulb in bulbs.items()},
        }
        self._paho = Paho(CallbackAPIVersion.VERSION2)
        self._paho.on_message = self._hear
        self._paho.connect("127.0.0.1", port)
        self._paho.subscribe("peers/+/shown")

    def __enter__(self) -> Self:
        """Start it, and wait until all bulbs have been seen."""
        words = ["node", "bridge.mjs", json.dumps(self._options)]
        with ahead():
            self._process = subprocess.Popen(words, cwd=ZIGBEE, stdout=subprocess.PIPE, text=True)
        self._paho.loop_start()
        wait_until(lambda: all(self.traces.values()), "the bridge shows no bulbs")
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.communicate(timeout=PATIENCE)
        self._paho.loop_stop()
        self._paho.disconnect()

    def finish(self) -> dict[str, Any]:
        """Stop it; return the number of calls, and the errors."""
        self._process.terminate()
        said, _ = self._process.communicate(timeout=PATIENCE)
        figures: dict[str, Any] = json.loads(said.splitlines()[-1])
        return figures

    def shown(self, name: str) -> Shown:
        """Return what a bulb shows now."""
        return self.traces[name][-1]

    def touch(self, name: str, **fields: object) -> None:
        """Do what a hand at the bulb, or the fuse box, does."""
        self.publish(f"peers/{name}", **fields)

    def publish(self, topic: str, **fields: object) -> None:
        """Publish as another client would."""
        self._paho.publish(topic, json.dumps(fields))

    def _hear(self, _paho: Paho, _data: object, message: MQTTMessage) -> None:
        fields = json.loads(message.payload)
        xy = (fields["x"], fields["y"]) if "x" in fields else None
        shown = Shown(time.monotonic(), fields["level"], fields.get("mired"), xy)
        self.traces[message.topic.split("/")[1]].append(shown)
