"""Simulated lamp: an MQTT client that behaves like a lamp of its dialect."""

import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Self
from uuid import uuid4

from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from kacenv.core.fades import LIGHT_CURVE, Fade
from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import Message, ParsedCommand, device_side
from kacenv.devices.lights.mqtt_auth import authenticate
from kacenv.devices.lights.simulator.faults import CommandFilter, LampFaults
from kacenv.model.look import Color, Setting
from kacenv.model.room import Ability, Broker, Fixture
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
        self.log: list[tuple[Seconds, Level]] = []
        """Time of each command or manual change, with the level then, or the target without a
        transition."""
        self.levels = [Fade.steady(setting.level)]
        """Fades of the level, the oldest first."""
        self._clock = clock
        self._broker = Broker(host=HERE, port=broker) if isinstance(broker, int) else broker
        self._device = device_side(fixture)
        self._state_query = self._device.codec.state_query
        self._changed = threading.Condition()
        self.faults = faults
        self._lit = setting.level or Level(1.0)
        self._kelvin, self._color = self._white_and_color(setting)
        self._subscribed = threading.Event()
        self._paho = self._prepared()

    def _white_and_color(self, setting: Setting) -> tuple[Fade, Color | None]:
        color = setting.color if Ability.COLOR in self.fixture.can else None
        return Fade.steady(setting.kelvin or self.fixture.warmest), color

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

    @property
    def level_now(self) -> Level:
        """Return the level shown now."""
        return self.level_at(self._clock.now())

    @property
    def setting_now(self) -> Setting:
        """Return the level shown now, with white or colour where the lamp has them."""
        now = self._clock.now()
        return self._setting(self.level_at(now), self._kelvin.value_at(now))

    def _setting(self, level: Level, kelvin: float) -> Setting:
        if self._color is not None:
            return Setting(level, color=self._color)
        return Setting(level, Kelvin(kelvin) if Ability.KELVIN in self.fixture.can else None)

    def level_at(self, moment: Seconds) -> Level:
        """Return the level shown at `moment`, or expected then if no command follows."""
        with self._changed:
            begun = (fade for fade in reversed(self.levels) if fade.start <= moment)
            fade = next(begun, None)
            return Level(fade.value_at(moment) if fade else self.levels[0].origin)

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
        self._apply(ParsedCommand(level))

    def press(self) -> None:
        """Press the wall switch: off, or back to the last level above 0."""
        self.turn(Level(0.0) if self.level_now > 0 else self._lit)

    def cycle_power(self) -> None:
        """Cut the power and restore it; the lamp reconnects at its power-on state."""
        self.close()
        back = self.faults.power_on
        with self._changed:
            self.levels.append(Fade(back.level, back.level, self._clock.now()))
            self._kelvin, self._color = self._white_and_color(back)
            self.log.append((self._clock.now(), back.level))
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
        self._report()
        self._subscribed.set()

    def _on_disconnect(self, *_: object) -> None:
        self._subscribed.clear()

    def _on_message(self, _paho: Paho, _data: object, message: MQTTMessage) -> None:
        payload = bytes(message.payload)
        if Message(message.topic, payload) in self._state_query:
            self._report()
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
        command = self._device.decode_command(topic, payload)
        for answer in self._device.answers(payload, taken=command is not None):
            self._paho.publish(answer.topic, answer.payload)
        if command is not None:
            self._apply(command)

    def _apply(self, command: ParsedCommand) -> None:
        now = self._clock.now()
        fades = Ability.TRANSITION in self.fixture.can
        span = command.transition if fades else Seconds(0.0)
        with self._changed:
            self._turn_level(command.level, now, span)
            self._turn_white(command.kelvin, now, span)
            if command.kelvin is not None or command.color is not None:
                self._color = command.color
            self._changed.notify_all()
        self._report()

    def _turn_level(self, level: Level | None, now: Seconds, span: Seconds) -> None:
        shown = self.level_at(now)
        if level is not None:
            self._lit = level or self._lit
            self.levels.append(Fade(shown, level, now, span, LIGHT_CURVE))
            self.log.append((now, shown if span else level))
        elif self._device.CANCELS:
            self.levels.append(Fade(shown, shown, now))

    def _turn_white(self, kelvin: Kelvin | None, now: Seconds, span: Seconds) -> None:
        shown = self._kelvin.value_at(now)
        if kelvin is not None:
            self._kelvin = Fade(shown, kelvin, now, span, LIGHT_CURVE)
        elif self._device.CANCELS:
            self._kelvin = Fade(shown, shown, now)

    def _report(self) -> None:
        """Publish the lamp's target."""
        target = self._setting(Level(self.levels[-1].target), self._kelvin.target)
        for report in self._device.reports(target):
            self._paho.publish(report.topic, report.payload, retain=self._device.RETAINS)
