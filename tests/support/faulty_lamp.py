"""One lamp that is led, and the simulated one that it leads, on simulated time."""

from support.lone_lamp import LONG_AGO

from kacenv.core.units import Seconds
from kacenv.devices.lights.dialects import Message, device_side
from kacenv.devices.lights.lamp.lamp import Lamp
from kacenv.devices.lights.simulator.faults import LampFaults
from kacenv.devices.lights.simulator.light_state import LightState, merged
from kacenv.model.look import Setting, parse_setting
from kacenv.model.room import Fixture

_TICK = 0.1


class FaultyLamp:
    """A lamp and what it shows; each message reaches it at once, and each report kacenv.

    It speaks for itself every second: a bulb behind a bridge of what it shows, any other of its
    target.
    """

    def __init__(self, fixture: Fixture, faults: LampFaults, setting: str = "off") -> None:
        self.device = device_side(fixture)
        cancels = self.device.CANCELS
        self.light = LightState(fixture, parse_setting(setting), faults, cancels=cancels)
        self.lamp = Lamp(fixture)
        self.lamp.broker_back(LONG_AGO)
        self.sent: list[tuple[float, Message]] = []
        self.news: list[str] = []
        self._said = self.light.target
        self.say(0.0)

    def say(self, now: float) -> None:
        """Report what the lamp shows, or its target."""
        bridged = self.device.codec.OPTIMISTIC
        self._said = self.light.at(Seconds(now)) if bridged else self.light.target
        self._report(self.device.reports(self._said, self.light.extras), now)

    def ask(self, setting: str, now: float, span: float) -> None:
        """Ask for a look."""
        self.lamp.set_target(parse_setting(setting), Seconds(now), Seconds(span))

    def live(self, start: float, end: float) -> None:
        """Pass everything on, ten times a second."""
        for tick in range(round((end - start) / _TICK)):
            now = round(start + tick * _TICK, 3)
            for message in self.lamp.messages(Seconds(now)):
                self.sent.append((now, message))
                self._take(message, now)
            if tick % 10 == 0:
                self.say(now)
            self.news += self.lamp.staff_messages()

    def _take(self, message: Message, now: float) -> None:
        for command in self.device.decode_commands(*message):
            self.light.apply(command, Seconds(now))
            optimistic = self.device.codec.OPTIMISTIC
            self._said = merged(self._said, command) if optimistic else self.light.target
            self._report(self.device.reports_after(command, self._said, self.light.extras), now)

    def _report(self, reports: tuple[Message, ...], now: float) -> None:
        for topic, payload in reports:
            self.lamp.handle_report(topic, payload, Seconds(now))

    def at(self, now: float) -> Setting:
        """Return what the lamp shows."""
        return self.light.at(Seconds(now))
