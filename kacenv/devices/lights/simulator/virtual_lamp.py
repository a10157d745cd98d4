"""Simulated lamp: an MQTT client that behaves like a lamp of its dialect."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple, Self
from uuid import uuid4

from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from kacenv.core.fades import Fade
from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import Extras, Message, ParsedCommand, device_side
from kacenv.devices.lights.mqtt_auth import authenticate
from kacenv.devices.lights.simulator.faults import CommandFilter, LampFaults
from kacenv.devices.lights.simulator.light_state import LightState, merged
from kacenv.model.look import Setting
from kacenv.model.room import Broker, Fixture
from kacenv.system.clock import Clock

FIRST_RETRY, LAST_RETRY = 0.1, 1.0
KEEPALIVE = 15
HERE = "127.0.0.1"
OFF, NO_FAULTS = Setting(Level(0.0)), LampFaults()


class Received(NamedTuple):
    """Message received by the lamp at `at` on its clock."""

    at: Seconds
    topic: str
    payload: bytes
    retained: bool


class VirtualLamp:
    """Lamp that listens, fades by its own transition, and reports.

    Starts at `setting`, keeps time by `clock`, and reconnects by itself. `broker` is a broker or a
    port on this machine. Colours change at once, levels and whites within the requested transition.
    """

    def __init__(
        self,
        fixture: Fixture,
        clock: Clock,
        broker: Broker | int,
        *,
        setting: Setting = OFF,
        faults: LampFaults = NO_FAULTS,
    ) -> None:
        self.fixture = fixture
        self.received: list[Received] = []
        self.lost = 0
        """Number of received commands dropped by the simulated faults."""
        self._clock = clock
        self._broker = Broker(host=HERE, port=broker) if isinstance(broker, int) else broker
        self._device = device_side(fixture)
        self._state_query = self._device.codec.state_query
        self._changed = threading.Condition()
        self._light = LightState(fixture, setting, faults, cancels=self._device.CANCELS)
        self._said = self._light.target
        self.faults = faults
        self._subscribed = threading.Event()
        self._paho = self._prepared()

    def _prepared(self) -> Paho:
        name = f"lamp-{self.fixture.id}-{uuid4().hex[:6]}"
        paho = Paho(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTv311)
        authenticate(paho, self._broker)
        paho.reconnect_delay_set(FIRST_RETRY, LAST_RETRY)  # type: ignore[arg-type] # floats work
        gone = self._device.availability(False)
        if gone is not None:
            paho.will_set(gone.topic, gone.payload, retain=True)
        paho.on_connect = self._on_connect
        paho.on_subscribe = self._on_subscribe
        paho.on_disconnect = self._on_disconnect
        paho.on_message = self._on_message
        return paho

    def __enter__(self) -> Self:
        """Switch the lamp on at the mains."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Switch the lamp off at the mains."""
        self.close()

    @property
    def faults(self) -> LampFaults:
        """Return the simulated faults; they can be replaced at any time."""
        return self._faults

    @faults.setter
    def faults(self, faults: LampFaults) -> None:
        self._faults, self._filter = faults, CommandFilter(faults)
        self._light.faults = faults

    @property
    def log(self) -> list[tuple[Seconds, Level]]:
        """Return the time and level of each command or manual change."""
        return self._light.log

    @property
    def levels(self) -> list[Fade]:
        """Return the fades of the level, the oldest first."""
        return self._light.levels

    @property
    def extras(self) -> Extras:
        """Return what the lamp shows beside its setting: an effect, or white beside the colour."""
        return self._light.extras

    @property
    def level_now(self) -> Level:
        """Return the level shown now."""
        return self.level_at(self._clock.now())

    @property
    def setting_now(self) -> Setting:
        """Return the level shown now, with white or colour where the lamp has them."""
        with self._changed:
            return self._light.at(self._clock.now())

    def level_at(self, moment: Seconds) -> Level:
        """Return the level shown at `moment`, or expected then if no command follows."""
        with self._changed:
            return self._light.level_at(moment)

    def start(self) -> None:
        """Connect, and reconnect whenever the broker comes back."""
        self._paho = self._prepared()
        self._paho.connect_async(self._broker.host, self._broker.port, KEEPALIVE)
        self._paho.loop_start()

    def wait_until_listening(self, timeout: float) -> bool:
        """Wait for the subscription, at most `timeout` real seconds; return False on timeout."""
        return self._subscribed.wait(timeout)

    def wait_for(self, condition: Callable[["VirtualLamp"], bool], timeout: float) -> bool:
        """Wait for `condition`, at most `timeout` real seconds; return False if it stays false."""
        until = time.monotonic() + timeout
        with self._changed:
            while not condition(self):
                if time.monotonic() >= until:
                    return False
                # A fade progresses without notifications.
                self._changed.wait(0.02)
        return True

    def turn(self, level: Level) -> None:
        """Turn the lamp to `level` as a person at the wall would."""
        self._touched(lambda: self._light.turn(level, self._clock.now()))

    def press(self) -> None:
        """Press the wall switch: off, or back to the last level above 0."""
        self._touched(lambda: self._light.press(self._clock.now()))

    def run_effect(self, effect: str) -> None:
        """Run an effect, as another controller would start it."""
        self._touched(lambda: self._light.apply(ParsedCommand(effect=effect), self._clock.now()))

    def tell(self) -> None:
        """Report what the lamp shows now, as bulbs behind a bridge do from time to time."""
        self._report(self.setting_now)

    def _touched(self, change: Callable[[], None]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()
        self._report(self._light.target)

    def cycle_power(self) -> None:
        """Cut the power and restore it; the lamp reconnects at its power-on state."""
        self.close()
        with self._changed:
            self._light.cut_power(self._clock.now())
            self._said = self._light.target
        self.start()

    def close(self) -> None:
        """Disconnect from the broker."""
        gone = self._device.availability(False)
        if gone is not None and self._subscribed.is_set():
            self._paho.publish(gone.topic, gone.payload, retain=True)
        self._paho.disconnect()
        self._paho.loop_stop()
        self._subscribed.clear()

    def _on_connect(self, paho: Paho, *_: object) -> None:
        queries = {message.topic for message in self._state_query}
        topics = {*self._device.command_topics, *queries}
        paho.subscribe([(topic, 0) for topic in topics])

    def _on_subscribe(self, paho: Paho, *_: object) -> None:
        here = self._device.availability(True)
        if here is not None:
            paho.publish(here.topic, here.payload, retain=True)
        self._report(self._light.target)
        self._subscribed.set()

    def _on_disconnect(self, *_: object) -> None:
        self._subscribed.clear()

    def _on_message(self, _paho: Paho, _data: object, message: MQTTMessage) -> None:
        payload = bytes(message.payload)
        if Message(message.topic, payload) in self._state_query:
            self.tell() if self._device.codec.OPTIMISTIC else self._report(self._light.target)
            return
        now = self._clock.now()
        received = Received(now, message.topic, payload, message.retain)
        with self._changed:
            self.received.append(received)
            if self._filter.accepts(now):
                self._handle_command(message.topic, payload)
            else:
                self.lost += 1
            self._changed.notify_all()

    def _handle_command(self, topic: str, payload: bytes) -> None:
        commands = self._device.decode_commands(topic, payload)
        for answer in self._device.answers(payload, taken=bool(commands)):
            self._paho.publish(answer.topic, answer.payload)
        for command in commands:
            self._light.apply(command, self._clock.now())
            self._changed.notify_all()
            self._said = self._answer(command)
            self._publish(self._device.reports_after(command, self._said, self._light.extras))

    def _answer(self, command: ParsedCommand) -> Setting:
        """Return what is said after a command: the lamp's target, or its bridge's wish."""
        optimistic = self._device.codec.OPTIMISTIC
        return merged(self._said, command) if optimistic else self._light.target

    def _report(self, setting: Setting) -> None:
        """Publish a setting as the lamp's own word."""
        self._said = setting
        self._publish(self._device.reports(setting, self._light.extras))

    def _publish(self, reports: Iterable[Message]) -> None:
        for report in reports:
            self._paho.publish(report.topic, report.payload, retain=self._device.RETAINS)
