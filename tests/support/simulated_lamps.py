"""Lamps on simulated time, whose power can be cut, and which can refuse or miss their commands."""

import json
import math
from functools import partial
from typing import Any

from support.memory_broker import MemoryBroker, MemoryClient

from kacenv.core.fades import Fade
from kacenv.devices.lights.dialects import codec, device_side
from kacenv.devices.lights.lamp.report_check import DRIFT, ECHO
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.model.room import Broker, Fixture

FAILS_AFTER = 10.0
"""Time (s) after which a bridge gives a command up."""
REASON = "Error: ZCL command genLevelCtrl.moveToLevelWithOnOff failed (no answer)"
SHELLY_ERROR = {"code": -103, "message": "Missing or bad argument 'brightness'!"}


def own_word_at(fade: Fade) -> float:
    """Return the time (s) at which a bulb behind a bridge has come to rest, and reports itself."""
    return fade.end + ECHO + DRIFT * fade.duration + 0.3


class SimulatedLamp(VirtualLamp):
    """Virtual lamp on a broker in memory; `is_mute` without word of its availability."""

    def __init__(self, fixture: Fixture, broker: MemoryBroker, *, is_mute: bool = False) -> None:
        self._memory, self.is_mute = broker, is_mute
        self.announces = str(fixture.dialect).startswith("zigbee2mqtt")
        self.is_bridged = codec(fixture).OPTIMISTIC
        self.is_powered, self.refuses, self.misses = True, False, False
        self.told_at = -math.inf
        """Time (s) of its own last word, asked or not."""
        super().__init__(fixture, broker.agenda.clock, Broker(host="127.0.0.1"))

    def _prepared(self) -> Any:
        client = MemoryClient(self._memory)
        there = device_side(self.fixture).availability(False)
        if there is not None and self.is_mute:
            client.mute = {there.topic}
        elif there is not None:
            client.will_set(there.topic, there.payload)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    @property
    def says_restart(self) -> bool:
        """Tell if kacenv can know of its power cuts."""
        there = device_side(self.fixture).availability(False)
        return self.announces or (there is not None and not self.is_mute)

    def tell(self) -> None:
        """Report what the lamp shows now, as bulbs behind a bridge do from time to time."""
        self.told_at = self._memory.agenda.now
        super().tell()

    def cut_power(self) -> None:
        """Take its power; a bridge stays connected, and says nothing."""
        self.is_powered = False
        self._paho.vanish()  # type: ignore[attr-defined] # a client in memory
        self._subscribed.clear()

    def restore_power(self) -> None:
        """Give it its power again: it is at full, connects, and tells of it."""
        self.is_powered = True
        self.cycle_power()
        if self.announces:
            self._memory.agenda.after(0.3, self._announce)

    def _announce(self) -> None:
        base, _, name = self.fixture.topic.partition("/")
        event = {"type": "device_announce", "data": {"friendly_name": name}}
        self._paho.publish(f"{base}/bridge/event", json.dumps(event).encode())

    def _handle_command(self, topic: str, payload: bytes) -> None:
        if self.refuses:
            self._refuse()
        elif not self.misses:
            super()._handle_command(topic, payload)
            if self.is_bridged:
                self._tell_later()

    def _tell_later(self) -> None:
        """Report itself, as bulbs do once they have come to rest."""
        fade, now = self.levels[-1], self._memory.agenda.now

        def tell() -> None:
            if self.is_powered and self.levels[-1] is fade:
                self.tell()

        self._memory.agenda.after(max(0.0, own_word_at(self.levels[-1]) - now), tell)

    def _refuse(self) -> None:
        dialect, topic = str(self.fixture.dialect), self.fixture.topic
        if dialect == "tasmota":
            self._paho.publish(f"stat/{topic}/RESULT", b'{"Command":"Error"}')
        elif dialect == "shelly":
            answer = {"id": 1, "src": topic, "dst": f"kacenv/{topic}", "error": SHELLY_ERROR}
            self._paho.publish(f"kacenv/{topic}/rpc", json.dumps(answer).encode())
        elif dialect.startswith("zigbee2mqtt"):
            base, _, name = topic.partition("/")
            text = f"z2m: Publish 'set' 'brightness' to '{name}' failed: '{REASON}'"
            line = {"level": "error", "message": text, "namespace": "z2m"}
            data = json.dumps(line).encode()
            publish = partial(self._memory.publish, f"{base}/bridge/logging", data)
            self._memory.agenda.after(FAILS_AFTER, publish)

    @property
    def says_refusal(self) -> bool:
        """Tell if it says that it refuses."""
        dialect = str(self.fixture.dialect)
        return dialect in ("tasmota", "shelly") or dialect.startswith("zigbee2mqtt")
