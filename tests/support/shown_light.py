"""A lamp of any dialect without a broker: what it shows of the messages it was sent."""

from collections.abc import Iterable

from kacenv.core.fades import LIGHT_CURVE, Fade
from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import Message, device_side
from kacenv.model.look import Setting
from kacenv.model.room import Ability, Fixture


class ShownLight:
    """Level that a lamp shows, as a function of the messages it was sent."""

    def __init__(self, fixture: Fixture, level: float = 0.0) -> None:
        self.device = device_side(fixture)
        self._fades = Ability.TRANSITION in fixture.can
        self.fade = Fade.steady_light(level)

    def level_at(self, now: float) -> Level:
        """Return the level shown at `now`."""
        return Level(self.fade.value_at(now))

    def take(self, messages: Iterable[Message], now: Seconds) -> None:
        """Take messages as the lamp would."""
        for topic, payload in messages:
            command = self.device.decode_command(topic, payload)
            if command is not None and command.level is not None:
                span = command.transition if self._fades else Seconds(0.0)
                self.turn(command.level, now, span)

    def turn(self, level: float, now: Seconds, span: Seconds = Seconds(0.0)) -> None:
        """Turn it to `level`, as a hand would or as it was told."""
        self.fade = Fade(self.level_at(now), level, now, span, LIGHT_CURVE)

    def reports(self, now: float) -> tuple[Message, ...]:
        """Return its report of what it shows now."""
        messages: tuple[Message, ...] = self.device.reports(Setting(self.level_at(now)))
        return messages
