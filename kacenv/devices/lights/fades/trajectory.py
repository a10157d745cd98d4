"""Trajectory of one lamp's setting, as a pure function of absolute time."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from kacenv.core.fades import LIGHT_CURVE, Fade
from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.fades.color_fade import ColorFade, color_of, distance
from kacenv.devices.lights.fades.warm_dim import warm_dim
from kacenv.model.look import Color, Setting
from kacenv.model.room import STEEPEST_LIGHT

STEEPEST = STEEPEST_LIGHT
"""Greatest slope (level per second), unless the room sets a lower one."""
STEEPEST_WHITE = 60.0
"""Greatest slope of a white (mired per second): candle to daylight takes at least 5 s."""
STEEPEST_TINT = 0.1
"""Greatest slope of a colour (Oklab distance per second): red to blue takes at least 5 s."""
URGENT_DURATION = Seconds(3.0)
"""Duration (s) of lights-up, from any level."""
MIRED = 1_000_000.0
"""Product of mired and kelvin."""
FIRST_STEP = Seconds(0.2)
"""Time (s) that sets the first step of a stepped lamp of unknown state: the level which the
steepest fade from the dark reaches in it, as the lamp may be dark."""
SAME_MIRED = 10.0
"""Difference of whites (mired) that nobody sees in a lamp that changes."""


class WarmDimRange(NamedTuple):
    """Range of whites for warm dimming."""

    warmest: Kelvin
    coolest: Kelvin


@dataclass(frozen=True, slots=True)
class Trajectory:
    """Fade between two settings: linear in lightness, in mired for whites, in Oklab for colours."""

    level: Fade
    mired: Fade | None = None
    tint: ColorFade | None = None
    warmth: WarmDimRange | None = None
    goal: Setting | None = None
    """Exact target, where a colour fades into a white."""
    pace: float = 0.0
    """Least share of the duration that the slope limits need; 0 for lights-up."""
    steepest: float = STEEPEST
    """Greatest slope (level per second)."""

    @property
    def end(self) -> Seconds:
        """Return the time at which the target is reached."""
        others = (self.mired.end if self.mired else 0.0, self.tint.course.end if self.tint else 0.0)
        return Seconds(max(self.level.end, *others))

    @property
    def target(self) -> Setting:
        """Return the setting at the end."""
        return self.at(self.end)

    def at(self, time: Seconds) -> Setting:
        """Return the setting at `time`."""
        if self.goal is not None and time >= self.end:
            return self.goal
        level = Level(self.level.value_at(time))
        if self.tint is not None:
            return Setting(level, None, self.tint.at(time))
        if self.warmth is not None:
            return Setting(level, warm_dim(level, *self.warmth))
        return Setting(level, Kelvin(MIRED / self.mired.value_at(time)) if self.mired else None)

    def later(self, span: Seconds) -> "Trajectory":
        """Return the same fade, delayed by `span` seconds."""
        return replace(
            self,
            level=_later(self.level, span),
            mired=_later(self.mired, span) if self.mired else None,
            tint=replace(self.tint, course=_later(self.tint.course, span)) if self.tint else None,
        )

    def cut(self, time: Seconds) -> "Trajectory":
        """Return the fade truncated at `time`."""
        if time >= self.end:
            return self
        tint = self.tint
        return replace(
            self,
            level=_cut(self.level, time),
            mired=_cut(self.mired, time) if self.mired else None,
            tint=replace(tint, course=_cut(tint.course, time)) if tint else None,
            goal=None,
        )

    def in_target_shade(self) -> "Trajectory":
        """Return the fade with the target's white or colour from its start, for a dark lamp."""
        at_once = Seconds(0.0)
        if self.goal is not None and self.goal.kelvin is not None:
            white = MIRED / self.goal.kelvin
            steady = Fade(white, white, self.level.start, at_once, LIGHT_CURVE)
            return replace(self, mired=steady, tint=None)
        mired = replace(self.mired, duration=at_once) if self.mired else None
        return replace(self, mired=mired, tint=self._sooner(at_once))

    def white_first(self, span: Seconds) -> "Trajectory":
        """Return the fade with the white or colour changed in the first `span`, then the level.

        Keeps the end where the slope limits allow; otherwise either part takes as long as needed.
        """
        least = self._least_for_shade()
        span = Seconds(max(span, least))
        change = abs(self.level.target - self.level.origin)
        duration = self.level.duration
        needed = change / self.steepest if change else self.pace * duration
        left = Seconds(max(duration - span, needed) if change else duration)
        shares = [need / time for need, time in ((least, span), (needed, left)) if time > 0]
        return replace(
            self,
            level=replace(self.level, start=Seconds(self.level.start + span), duration=left),
            mired=replace(self.mired, duration=span) if self.mired else None,
            tint=self._sooner(span),
            pace=max(shares, default=0.0),
        )

    def _least_for_shade(self) -> float:
        """Return the seconds that the white or colour needs."""
        if self.tint is not None:
            return distance(self.tint.origin, self.tint.target) / STEEPEST_TINT
        if self.mired is None:
            return 0.0
        return abs(self.mired.target - self.mired.origin) / STEEPEST_WHITE

    def _sooner(self, span: Seconds) -> ColorFade | None:
        if self.tint is None:
            return None
        return replace(self.tint, course=replace(self.tint.course, duration=span))


class FadeOptions(NamedTuple):
    """Options of a fade."""

    start: Seconds
    duration: Seconds
    steepest: float = STEEPEST
    """Greatest slope (level per second)."""
    urgent: bool = False
    """True for lights-up, which has its own duration and no slope limit."""
    warmth: WarmDimRange | None = None
    """Range of warm dimming, if the white follows the level; the target then gives the final
    white."""
    returns: bool = False
    """True for a lamp that came back too bright: only its way up is bounded."""


def trajectory_between(origin: Setting | None, target: Setting, options: FadeOptions) -> Trajectory:
    """Return the fade to `target`, lengthened where a slope limit needs it.

    With an unknown origin, the duration allows for the longest change, and the fade begins at the
    target.
    """
    duration = _bounded(origin, target, options)
    at_once = options._replace(duration=Seconds(0.0))
    least = 0.0 if options.urgent else _bounded(origin, target, at_once)
    pace = least / duration if duration else 0.0
    before = target.level if origin is None else origin.level
    level = Fade(before, target.level, options.start, duration, LIGHT_CURVE)
    colors = _colors(origin, target)
    if colors is not None:
        course = Fade(0.0, 1.0, options.start, duration, LIGHT_CURVE)
        goal = target if target.kelvin is not None else None
        tint = ColorFade(*colors, course)
        return Trajectory(level, tint=tint, goal=goal, pace=pace, steepest=options.steepest)
    if options.warmth is not None and _follows(origin, options.warmth):
        return Trajectory(level, warmth=options.warmth, pace=pace, steepest=options.steepest)
    mired = _mired(origin, target, options.start, duration)
    return Trajectory(level, mired, pace=pace, steepest=options.steepest)


def trajectory_from_unknown(
    target: Setting, assumed: Setting | None, options: FadeOptions
) -> Trajectory:
    """Return the fade of a stepped lamp of unknown state, from `assumed` if given.

    Lights-up begins at its end: in a fade from a guessed level, the lamp might first go dark.
    """
    if options.urgent:
        at_once = options._replace(duration=Seconds(0.0), urgent=False)
        return trajectory_between(target, target, at_once)
    dim = target._replace(level=Level(min(target.level, options.steepest * FIRST_STEP)))
    return trajectory_between(assumed or dim, target, options)


def _later(fade: Fade, span: Seconds) -> Fade:
    return replace(fade, start=Seconds(fade.start + span))


def _cut(fade: Fade, time: Seconds) -> Fade:
    duration = Seconds(min(max(0.0, time - fade.start), fade.duration))
    return replace(fade, target=fade.value_at(time), duration=duration)


def _follows(origin: Setting | None, warmth: WarmDimRange) -> bool:
    """Tell if the white follows the level already, so that no fade of its own is needed."""
    if origin is None or origin.kelvin is None or origin.level <= 0:
        return True
    expected = warm_dim(origin.level, *warmth)
    return abs(MIRED / origin.kelvin - MIRED / expected) < SAME_MIRED


def _bounded(origin: Setting | None, target: Setting, options: FadeOptions) -> Seconds:
    if options.urgent:
        return URGENT_DURATION
    if options.returns:
        rise = target.level - (origin.level if origin else 0.0)
        return Seconds(max(options.duration, rise / options.steepest))
    if origin is None:
        farthest = max(target.level, 1 - target.level)
        return Seconds(max(options.duration, farthest / options.steepest))
    change = abs(target.level - origin.level) / options.steepest
    return Seconds(max(options.duration, change, _bounded_white(origin, target)))


def _bounded_white(origin: Setting, target: Setting) -> float:
    """Return the least seconds for a change of white or colour; 0 in a dark lamp."""
    if origin.level <= 0:
        return 0.0
    colors = _colors(origin, target)
    if colors is not None:
        return distance(*colors) / STEEPEST_TINT
    if origin.kelvin is None or target.kelvin is None:
        return 0.0
    return abs(MIRED / target.kelvin - MIRED / origin.kelvin) / STEEPEST_WHITE


def _colors(origin: Setting | None, target: Setting) -> tuple[Color, Color] | None:
    """Return the colours to fade between; None if both settings are whites."""
    before = _color(origin) if origin is not None else None
    after = _color(target) or before
    if after is None or (target.color is None and (origin is None or origin.color is None)):
        return None
    return before or after, after


def _color(setting: Setting) -> Color | None:
    if setting.color is not None or setting.kelvin is None:
        return setting.color
    return color_of(setting.kelvin)


def _mired(
    origin: Setting | None, target: Setting, start: Seconds, duration: Seconds
) -> Fade | None:
    before = origin.kelvin if origin else None
    after = target.kelvin if target.kelvin is not None else before
    if after is None:
        return None
    return Fade(MIRED / (before or after), MIRED / after, start, duration, LIGHT_CURVE)
