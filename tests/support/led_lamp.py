"""A lamp and its light on simulated time, without a broker."""

from collections.abc import Callable

from support.lone_lamp import LONG_AGO
from support.shown_light import ShownLight

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import Message
from kacenv.devices.lights.lamp.lamp import Lamp
from kacenv.model.look import Setting, parse_setting
from kacenv.model.room import Ability, Fixture


class LedLamp:
    """A lamp that is led, and tells of each command and each touch; `deaf` to commands from then.

    A lamp with fades of its own reports its target, another each step; a bulb that is asked through
    its bridge reports what it shows.
    """

    def __init__(
        self, fixture: Fixture, level: float, *, deaf: Callable[[float], bool] = lambda _: False
    ) -> None:
        self.lamp, self.light = Lamp(fixture), ShownLight(fixture, level)
        self.lamp.broker_back(LONG_AGO)
        self.deaf = deaf
        self.sent: list[tuple[float, Message]] = []
        self.orders = 0
        self.news: list[str] = []
        self.say(0.0)
        self._fades = Ability.TRANSITION in fixture.can

    def say(self, now: float, level: float | None = None) -> None:
        """Report what the lamp shows, or says that it shows."""
        device = self.light.device
        shown = self.light.level_at(now) if level is None else level
        for topic, payload in device.reports(Setting(Level(shown))):
            self.lamp.handle_report(topic, payload, Seconds(now))

    def ask(self, setting: str, now: float, span: float) -> None:
        """Ask for a look."""
        self.lamp.set_target(parse_setting(setting), Seconds(now), Seconds(span))

    def live(self, start: float, end: float) -> None:
        """Pass everything on, ten times a second."""
        for tick in range(int((end - start) * 10)):
            now = Seconds(round(start + tick / 10, 3))
            messages = self.lamp.messages(now)
            self.sent += [(now, one) for one in messages]
            orders = [one for one in messages if one not in self.light.device.codec.state_query]
            self.orders += len(orders)
            if orders and not self.deaf(now):
                self.light.take(orders, now)
                self.say(now, self.light.fade.target)
            if any(one in self.light.device.codec.state_query for one in messages):
                bridged = self.light.device.codec.OPTIMISTIC
                self.say(now + 0.05, None if bridged else self.light.fade.target)
            self.news += self.lamp.staff_messages()

    def touch(self, level: float, now: float) -> None:
        """Turn the lamp by a hand."""
        self.light.turn(level, Seconds(now))
        self.say(now)
