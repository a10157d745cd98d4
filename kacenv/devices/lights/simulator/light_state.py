"""State of a simulated lamp: its fades, white, colour and effect, and what commands do to them."""

from kacenv.core.fades import LIGHT_CURVE, Fade
from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import Extras, ParsedCommand, codec
from kacenv.devices.lights.simulator.faults import LampFaults
from kacenv.model.look import Setting
from kacenv.model.room import Ability, Fixture

MIXED_MODES = {"rgbw", "rgbct", "rgbww"}
"""Colour modes in which white and colour shine together unless told otherwise."""
_AT_ONCE = Seconds(0.0)


class LightState:
    """Light of one lamp over time; no clock, no I/O.

    Colours change at once, levels and whites within the requested transition. `cancels` is for
    lamps in which a command stops the fades of properties that it doesn't mention.
    """

    def __init__(
        self, fixture: Fixture, setting: Setting, faults: LampFaults, *, cancels: bool
    ) -> None:
        self.fixture, self.faults, self._cancels = fixture, faults, cancels
        self._scale = codec(fixture).scale
        self.levels = [Fade.steady_light(setting.level)]
        """Fades of the level, the oldest first."""
        self.log: list[tuple[Seconds, Level]] = []
        """Time of each command or manual change, with the level then, or the target without a
        transition."""
        self.effect: str | None = None
        """Effect that runs; empty for none, None for a lamp without effects."""
        self._lit = setting.level or Level(1.0)
        self._mixed = False
        self._shade(setting)

    def _shade(self, setting: Setting) -> None:
        self._color = setting.color if Ability.COLOR in self.fixture.can else None
        self._kelvin = Fade.steady(setting.kelvin or self.fixture.warmest)

    @property
    def target(self) -> Setting:
        """Return the setting at the end of all fades."""
        return self._setting(Level(self.levels[-1].target), self._kelvin.target)

    @property
    def extras(self) -> Extras:
        """Return what the lamp reports beside its setting."""
        return Extras(self.effect, self.faults.mode, self._mixed)

    def level_at(self, moment: Seconds) -> Level:
        """Return the level shown at `moment`, or expected then if no command follows."""
        begun = (fade for fade in reversed(self.levels) if fade.start <= moment)
        fade = next(begun, None)
        return Level(fade.value_at(moment) if fade else self.levels[0].origin)

    def at(self, moment: Seconds) -> Setting:
        """Return the setting shown at `moment`."""
        return self._setting(self.level_at(moment), self._kelvin.value_at(moment))

    def _setting(self, level: Level, kelvin: float) -> Setting:
        if self._color is not None:
            return Setting(level, color=self._color)
        return Setting(level, Kelvin(kelvin) if Ability.KELVIN in self.fixture.can else None)

    def turn(self, level: Level, now: Seconds) -> None:
        """Turn the lamp to `level` as a person would, whatever it is deaf to."""
        self._turn_level(level, now, _AT_ONCE)

    def press(self, now: Seconds) -> None:
        """Press the wall switch: off, or back to the last level above 0."""
        self.turn(Level(0.0) if self.level_at(now) > 0 else self._lit, now)

    def cut_power(self, now: Seconds) -> None:
        """Cut the power and restore it; the lamp is at its power-on state."""
        back = self.faults.power_on or self.target
        self.levels.append(Fade(back.level, back.level, now, curve=LIGHT_CURVE))
        self._shade(back)
        self._mixed = False
        self.effect = None if self.effect is None else ""
        self.log.append((now, back.level))

    def apply(self, command: ParsedCommand, now: Seconds) -> None:
        """Obey a command, as far as the lamp does."""
        level = self._asked(command)
        if level is not None and level <= 0 and self._misses_off(now):
            return
        fades = Ability.TRANSITION in self.fixture.can
        span = command.transition if fades else _AT_ONCE
        hears_shades = self.level_at(now) > 0 or not self.faults.deaf_to_white
        self._turn_level(self._possible(level), now, span)
        if hears_shades:
            self._turn_white(command, now, span)
        if command.effect is not None and (command.effect or self.effect is not None):
            self.effect = command.effect

    def _misses_off(self, now: Seconds) -> bool:
        fade = self.levels[-1]
        return self.faults.deaf_to_off and now < fade.start + fade.duration

    def _possible(self, level: Level | None) -> Level | None:
        """Return the level at which the lamp arrives: it may go out at its lowest."""
        dark = level is not None and self._scale.units(level) <= self.faults.dark_at
        return Level(0.0) if dark else level

    def _asked(self, command: ParsedCommand) -> Level | None:
        """Return the level that a command asks for, by number, by the switch or by a white."""
        dark = self.levels[-1].target <= 0
        if command.on is not None:
            return (self._lit if dark else None) if command.on else Level(0.0)
        if dark and self.faults.dimmer_keeps_off:
            self._lit = command.level or self._lit
            return None
        return self._lit if command.level is None and command.wakes and dark else command.level

    def _turn_level(self, level: Level | None, now: Seconds, span: Seconds) -> None:
        shown = self.level_at(now)
        if level is not None:
            self._lit = level or self._lit
            self.levels.append(Fade(shown, level, now, span, LIGHT_CURVE))
            self.log.append((now, shown if span else level))
        elif self._cancels:
            self.levels.append(Fade(shown, shown, now, curve=LIGHT_CURVE))

    def _turn_white(self, command: ParsedCommand, now: Seconds, span: Seconds) -> None:
        shown, kelvin = self._kelvin.value_at(now), command.kelvin
        self._mix(command)
        if kelvin is not None:
            self._kelvin = Fade(shown, kelvin, now, span, LIGHT_CURVE)
        elif self._cancels:
            self._kelvin = Fade(shown, shown, now)

    def _mix(self, command: ParsedCommand) -> None:
        """Light white or colour; a lamp that mixes them keeps the other until it is cleared."""
        mixes = self.faults.mode in MIXED_MODES
        if command.color is not None:
            white_was_lit = self._mixed or self._color is None
            self._mixed = mixes and white_was_lit and command.clears != "white"
            self._color = command.color
        elif command.kelvin is not None:
            self._mixed = mixes and self._color is not None and command.clears != "color"
            self._color = self._color if self._mixed else None


def merged(said: Setting, command: ParsedCommand) -> Setting:
    """Return what a bridge says after a command: its wish, whatever the lamp does."""
    level = said.level if command.level is None else command.level
    if command.color is not None or command.kelvin is not None:
        return Setting(level, command.kelvin, command.color)
    return said._replace(level=level)
