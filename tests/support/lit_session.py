"""A session's engine and one lamp, with what the lamp is to show, on simulated time."""

import math

from support.faulty_lamp import FaultyLamp
from support.sessions import a_room

from kacenv.core.errors import RefusedError
from kacenv.core.fades import LIGHT_CURVE, Fade
from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import ParsedCommand, codec
from kacenv.devices.lights.fades.fade_steps import WHITE_LONGEST
from kacenv.devices.lights.simulator.faults import LampFaults
from kacenv.engine.lights import LIGHTS_UP
from kacenv.engine.state import State
from kacenv.engine.step import step
from kacenv.model.commands import Command, ResumeLights, ShowLook
from kacenv.model.look import Setting, Zone
from kacenv.model.requests import Press, Start
from kacenv.model.room import STEEPEST_LIGHT, Ability, Fixture
from kacenv.model.timeline import Timeline

WHOLE = {"home-assistant": 1.0, "zwave-js": 1.0, "tasmota": 0.5}
"""Seconds to which a dialect's transitions are rounded up, where that is more than a tenth."""
TICK = 0.1
SLOWEST_WHITE = 5.0
"""Time (s) that the greatest change of white needs."""
WELL_CLEAR = 0.1
"""Difference of levels by which a hand is told from a fade."""
CLEAR_WHITE = 500.0
"""Difference of whites (kelvin) by which a hand is told from rounding."""
SETTLING = 12.0
"""Time (s) after a fade within which a bulb may still contradict its bridge."""


class RestingLamp(FaultyLamp):
    """A lamp that speaks for itself only at rest; its bridge, or itself, answers each command."""

    def say(self, now: float) -> None:
        """Report what the lamp shows, unless it is on its way."""
        if now >= self.light.levels[-1].end:
            super().say(now)


class Slack:
    """How far a lamp may be from its fade: as much as it is late, and as it was off before."""

    def __init__(self) -> None:
        self._before = self._fade = Fade.steady_light(0.0)
        self._late = 0.0

    def begin(self, fade: Fade, late: float) -> None:
        """Begin a fade that a lamp follows `late` seconds later."""
        # Until it is told, it goes on with the fade before.
        gone = late * self._fade.steepest if fade.start < self.end else 0.0
        left, lasts = self.at(fade.start) + gone, Seconds(fade.duration + late)
        self._before = Fade(left, 0.0, fade.start, lasts, LIGHT_CURVE)
        self._fade, self._late = fade, late

    @property
    def end(self) -> Seconds:
        """Return the time from which on the lamp is where its fade has led it."""
        return Seconds(self._fade.end + self._late)

    def at(self, now: float) -> float:
        """Return by how much a level may differ."""
        moves = now < self.end and self._fade.origin != self._fade.target
        return self._before.value_at(now) + (self._late * self._fade.steepest if moves else 0.0)


class LitSession:
    """Engine and lamp, led as the light controller would; a hand may change the lamp.

    `expected` is the level that the lamp is to show by plan, presses and hands alone; it is the
    engine's, but for lamps that a hand has changed.
    """

    def __init__(self, fixture: Fixture, plan: Timeline) -> None:
        self.one = RestingLamp(fixture, LampFaults())
        self.now, self.state = Seconds(0.0), State(room=a_room())
        self.expected = Fade.steady_light(0.0)
        self.slack, self.own_slack = Slack(), Slack()
        self.white: float | None = None
        self._asked_white: float | None = None
        self._urgent = False
        self._whites = set[float]()
        self.agrees_from = self._due = Seconds(0.0)
        self._target, self.is_touched = 0.0, False
        self._obey_all(Start(plan))

    @property
    def believed(self) -> float:
        """Return the level that the engine believes."""
        return self.state.light[Zone.SEATS].value_at(self.now)

    @property
    def shown(self) -> Setting:
        """Return what the lamp shows."""
        return self.one.at(self.now)

    @property
    def whites(self) -> set[float]:
        """Return the whites between which the lamp's is; one, once it rests."""
        if self.white is not None and self.rests and not self.is_touched:
            return {self.white}
        return self._whites

    @property
    def rests(self) -> bool:
        """Tell if the lamp has reached its look, white included."""
        return self.now >= self.slack.end + SETTLING

    def press(self, press: Press) -> bool:
        """Ask the engine; what it refuses changes nothing."""
        try:
            self._obey_all(press)
        except RefusedError:
            return False
        return True

    def live(self, span: float) -> None:
        """Let time pass; the engine does what comes due."""
        end = Seconds(round(self.now + span, 1))
        self.one.live(self.now, end)
        self.now = end
        self._obey_all(None)

    def touch(self, level: Level | None, kelvin: Kelvin | None) -> None:
        """Change the lamp by a hand, which it reports; where it would look like a fade, later."""
        if level is None or not self._is_clear(level):
            self.live(max(TICK, self.slack.end + SETTLING - self.now))
        if not self._is_change(level, kelvin):
            return
        self.one.light.apply(ParsedCommand(level, kelvin), self.now)
        self.one.say(self.now)
        self.expected = Fade.steady_light(self.shown.level)
        self.slack, self.own_slack = Slack(), Slack()
        self.agrees_from, self.is_touched = Seconds(math.inf), True
        self._whites |= {kelvin} if kelvin is not None else set()

    def _is_change(self, level: float | None, kelvin: float | None) -> bool:
        reported = self.one.lamp.state(self.now).reported
        if kelvin is not None:
            before = reported.kelvin if reported is not None and self.shown.level > 0 else None
            return before is not None and abs(kelvin - before) > CLEAR_WHITE
        return level is not None and abs(level - self.shown.level) > WELL_CLEAR

    def _is_clear(self, level: float) -> bool:
        fade = self.expected
        low, high = sorted((fade.origin, fade.target))
        away = not low - WELL_CLEAR <= level <= high + WELL_CLEAR
        return away and self.now >= fade.start + 3.0

    def _obey_all(self, request: Start | Press | None) -> None:
        self.state, commands, _ = step(self.state, self.now, request)
        for command in commands:
            self._obey(command)

    def _obey(self, command: Command) -> None:
        match command:
            case ShowLook(look=look) if Zone.SEATS in look:
                self._show(command, look[Zone.SEATS])
            case ResumeLights(duration=duration):
                self.one.lamp.resume(self.now, duration)
                if self.is_touched:
                    left = Seconds(max(duration, self._due - self.now))
                    span = LIGHTS_UP if self._urgent else left
                    self._expect(span, self._asked_white, urgent=self._urgent)
            case _:
                pass

    def _show(self, command: ShowLook, setting: Setting) -> None:
        asked = self.one.lamp.stepped(setting, self.now, command.step)
        urgent, span = command.urgent, command.duration
        self.one.lamp.set_target(asked, self.now, span, urgent=urgent, cool=command.cool)
        seen = self.shown.level if self._is_apart else self.expected.value_at(self.now)
        bounds = {"brighter": max(setting.level, seen), "dimmer": min(setting.level, seen)}
        self._target = bounds.get(str(command.step), setting.level)
        self._due = Seconds(self.now + span)
        self._asked_white, self._urgent = setting.kelvin, urgent
        self._expect(span, setting.kelvin, urgent=urgent)

    def _expect(self, span: Seconds, kelvin: float | None, *, urgent: bool = False) -> None:
        """Expect the lamp at its target after `span`, or as soon as it may be."""
        if kelvin is not None:
            self._whites = {*self.whites, kelvin}
            self.white = kelvin
        elif self.is_touched or not self.rests:
            self.white = None
        steepest = math.inf if urgent else STEEPEST_LIGHT
        self.expected = self.expected.toward(self._target, self.now, span, steepest)
        waits = self._waits() + (0.0 if urgent else self._white_first(span, kelvin))
        self.own_slack.begin(self.expected, waits)
        self.slack.begin(self.expected, waits + self._resolution)
        self.is_touched = False
        if self.agrees_from > self.now or self._is_apart:
            same = self.state.light[Zone.SEATS].target == self._target
            self.agrees_from = self.slack.end if same else Seconds(math.inf)

    def _waits(self) -> float:
        """Return the time (s) until the lamp may be told of something again."""
        gap, last = self._gap, self.one.sent[-1:]
        at = last[0][0] if last else -math.inf
        count = sum(1 for one, _ in self.one.sent[-4:] if one == at)
        return max(0.0, at + gap * count - self.now)

    def _white_first(self, span: Seconds, kelvin: float | None) -> float:
        """Return the time (s) that a lamp needs first which can't fade white and level together."""
        if not self._is_apart:
            return 0.0
        if self.shown.level <= 0:
            return 2 * self._gap
        return max(min(WHITE_LONGEST, span / 3), SLOWEST_WHITE) if kelvin is not None else 0.0

    @property
    def _is_apart(self) -> bool:
        fixture = self.one.lamp.fixture
        fades = Ability.TRANSITION in fixture.can
        return fades and str(fixture.dialect).startswith("zigbee2mqtt")

    @property
    def _resolution(self) -> float:
        """Return the time (s) by which a lamp is late because it is told only now and then."""
        fixture = self.one.lamp.fixture
        if Ability.TRANSITION in fixture.can and codec(fixture).LONGEST > 0:
            return WHOLE.get(str(fixture.dialect), TICK)
        return 2 * self._gap + TICK

    @property
    def _gap(self) -> float:
        return codec(self.one.lamp.fixture).GAP
