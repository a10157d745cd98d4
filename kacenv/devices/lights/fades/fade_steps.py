"""Schedule of one lamp's fade, as a pure function of absolute time.

A lamp with transitions of its own gets one message, or one for each stretch of the longest
transition that it takes. Any other is stepped: steps even to the eye, a message only when one of
the lamp's own numbers changes, and exactly the target at the end.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol, Self

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.fades.lightness import DimmingScale
from kacenv.devices.lights.fades.trajectory import MIRED, Trajectory
from kacenv.model.look import Color, Setting

STEP_GAP = Seconds(0.2)
"""Least gap (s) between steps: cheap bulbs clog at more than about five messages a second."""
URGENT_REPEATS = (Seconds(1.0), Seconds(2.0), Seconds(3.6))
"""Times (s) of lights-up's repeats: a lost message must not leave a lamp dark. The last one comes
when the fade is surely complete; a little sooner, it would make a late lamp a second later."""
WHITE_LONGEST = Seconds(10.0)
"""Longest change of white (s) for a lamp that can't fade level and white together."""
LIT_WITHIN = Seconds(2.0)
"""Time (s) after which a lamp that was told to come on is surely lit."""
WHITE_SETTLING = Seconds(2.0)
LONGEST = Seconds(86400.0)
"""Transition (s) longer than any in use: no limit."""
_CLOSE = 0.01
"""Tolerance (s) within which a step may come early."""
_TINY = 1e-6
"""Tolerance (s) within which a postponed message counts as due."""


class FadeStep(NamedTuple):
    """Command to a lamp: level, white or colour, or both, within `transition` seconds."""

    level: Level | None
    kelvin: Kelvin | None
    transition: Seconds = Seconds(0.0)
    color: Color | None = None


class LampFade(Protocol):
    """Fade of one lamp; immutable, each step returns a new one."""

    @property
    def path(self) -> Trajectory:
        """Return the setting over time."""
        ...

    def next_due(self) -> Seconds | None:
        """Return the time of the next message or check; None if none is left."""
        ...

    def advance(self, now: Seconds) -> tuple[Self, tuple[FadeStep, ...]]:
        """Return the fade after `now`, and the steps to send."""
        ...

    def control_lost(self) -> Self | None:
        """Return the fade if nothing more is sent; None if the lamp stays at its last step."""
        ...


class _PlannedMessage(NamedTuple):
    """Message to be sent at `at`; its transition ends at `until`, or later if sent too late."""

    at: Seconds
    until: Seconds
    level: bool
    white: bool
    shortest: Seconds = Seconds(0.0)


@dataclass(frozen=True, slots=True)
class LampRunFade:
    """Fade of a lamp with transitions of its own."""

    path: Trajectory
    pending: tuple[_PlannedMessage, ...]
    sent_until: Seconds | None = None
    """End (s) of the transitions sent so far."""

    @classmethod
    def begin(
        cls,
        path: Trajectory,
        *,
        apart: bool = False,
        urgent: bool = False,
        longest: Seconds = LONGEST,
    ) -> "LampRunFade":
        """Plan one message for the whole path, or one for each stretch of `longest`.

        `apart` is for lamps that can't fade level and white in one transition: a lit lamp changes
        its white first. The white is sent again at the end, as a dark lamp may ignore it.
        """
        start, end = path.level.start, path.end
        whole = _PlannedMessage(start, end, level=True, white=True)
        if urgent:
            later = (_repeated(whole, Seconds(start + after)) for after in URGENT_REPEATS)
            return cls(path, (whole, *later))
        dark = path.level.origin <= 0 < path.level.target
        if dark and (apart or path.target.kelvin or path.target.color):
            return cls._from_dark(path.in_target_shade(), longest, apart=apart)
        if apart:
            return cls._apart(path, longest)
        return cls(path, _split(whole, longest))

    @classmethod
    def _apart(cls, path: Trajectory, longest: Seconds) -> "LampRunFade":
        level = path.level
        start = level.start
        if level.target <= 0:
            dark = _PlannedMessage(start, path.end, level=True, white=False)
            return cls(path, _split(dark, longest))
        span = Seconds(min(WHITE_LONGEST, level.duration / 3))
        staged = path.white_first(span)
        first = _PlannedMessage(start, staged.level.start, level=False, white=True)
        then = _PlannedMessage(first.until, staged.end, level=True, white=False)
        return cls(staged, (first, *_split(then, longest), _white_repeat(staged.end)))

    @classmethod
    def _from_dark(cls, path: Trajectory, longest: Seconds, *, apart: bool) -> "LampRunFade":
        """Plan a fade from off: the white is sent again once the lamp is lit.

        Some bulbs take none while off. Where it is `apart`, the level follows at once, as some stop
        fading for a white; else the level goes on beside it.
        """
        start, end = path.level.start, path.end
        lit = Seconds(start + LIT_WITHIN if end - start > 2 * LIT_WITHIN else end)
        first = _PlannedMessage(start, lit, level=True, white=True)
        last = _white_repeat(end)._replace(level=not apart)
        if lit == end:
            return cls(path, (first, last))
        shaded = lit if apart else Seconds(min(lit + LIT_WITHIN, end))
        again = _PlannedMessage(lit, shaded, level=not apart, white=True)
        on = _PlannedMessage(shaded, end, level=True, white=not apart)
        rest = _split(on, longest) if end - shaded > _CLOSE else ()
        return cls(path, (first, again, *rest, *((last,) if apart else ())))

    def next_due(self) -> Seconds | None:
        """Return the time of the next message."""
        return self.pending[0].at if self.pending else None

    def advance(self, now: Seconds) -> tuple["LampRunFade", tuple[FadeStep, ...]]:
        """Return the messages that are due; of stretches due together, only the last."""
        fade = self._postponed(self._needed_delay(now))
        due = [message for message in fade.pending if message.at <= now + _TINY]
        rest = fade.pending[len(due) :]
        pairs = zip(due, [*due[1:], None], strict=False)
        due = [one for one, later in pairs if not _is_replaced(one, later, now)]
        steps = tuple(_step(fade.path, message, now) for message in due)
        until = due[-1].until if due else fade.sent_until
        return replace(fade, pending=rest, sent_until=until), steps

    def control_lost(self) -> "LampRunFade":
        """Return the fade as far as its messages have been sent."""
        until = self.path.level.start if self.sent_until is None else self.sent_until
        return replace(self, path=self.path.cut(until), pending=())

    def _needed_delay(self, now: Seconds) -> Seconds:
        """Return the delay (s) that keeps a late message's transition as slow as allowed."""
        first = self.pending[0] if self.pending else None
        if first is None or first.at > now or first.until > self.path.end:
            return Seconds(0.0)
        least = self.path.pace * (first.until - first.at)
        return Seconds(max(0.0, now + least - first.until) if least else 0.0)

    def _postponed(self, span: Seconds) -> "LampRunFade":
        if span <= _CLOSE:
            return self
        pending = (
            one._replace(at=Seconds(one.at + span), until=Seconds(one.until + span))
            for one in self.pending
        )
        return replace(self, path=self.path.later(span), pending=tuple(pending))


def _step(path: Trajectory, message: _PlannedMessage, now: Seconds) -> FadeStep:
    target = path.at(message.until)
    left = Seconds(max(message.until - now, message.shortest, 0.0))
    level = target.level if message.level else None
    kelvin, color = (target.kelvin, target.color) if message.white else (None, None)
    return FadeStep(level, kelvin, left, color)


def _split(whole: _PlannedMessage, longest: Seconds) -> tuple[_PlannedMessage, ...]:
    """Split a message into equal stretches of at most `longest` seconds."""
    span = whole.until - whole.at
    count = max(1, -int(-span // longest))
    marks = [Seconds(whole.at + span * part / count) for part in range(count)]
    ends = [*marks[1:], whole.until]
    return tuple(whole._replace(at=at, until=end) for at, end in zip(marks, ends, strict=True))


def _is_replaced(message: _PlannedMessage, later: _PlannedMessage | None, now: Seconds) -> bool:
    """Tell if a later message of the same kind replaces this one."""
    same = later is not None and (message.level, message.white) == (later.level, later.white)
    return same and message.until <= now


def _white_repeat(at: Seconds) -> _PlannedMessage:
    """Return the message that sends the white alone, after the level's fade."""
    return _PlannedMessage(at, Seconds(at + WHITE_SETTLING), level=False, white=True)


def _repeated(message: _PlannedMessage, at: Seconds) -> _PlannedMessage:
    """Return a repeat at `at`, with 1 s of transition or more, as the lamp may have missed all."""
    return message._replace(at=at, shortest=Seconds(1.0))


class Units(NamedTuple):
    """Setting in a lamp's own units."""

    level: int
    mired: int
    color: Color | None

    @property
    def has_shade(self) -> bool:
        """Tell if there is a white or a colour."""
        return self.mired > 0 or self.color is not None


@dataclass(frozen=True, slots=True)
class SteppedFade:
    """Fade of a lamp without transitions of its own, sent step by step.

    `due` is the time of the lamp's next change of units, at least `gap` after the last step: where
    a unit is a large step to the eye, each is sent at its own time.
    """

    path: Trajectory
    scale: DimmingScale
    due: Seconds | None
    repeats: tuple[Seconds, ...] = ()
    sent: Units | None = None
    landed: bool = False
    shade_told: bool = False
    """True once white or colour was sent to a lit lamp: some take none before."""
    gap: Seconds = STEP_GAP

    @classmethod
    def begin(
        cls, path: Trajectory, scale: DimmingScale, *, urgent: bool = False, gap: Seconds = STEP_GAP
    ) -> "SteppedFade":
        """Plan a stepped fade; the first step sends the path's start."""
        repeats = tuple(Seconds(path.end + after) for after in URGENT_REPEATS) if urgent else ()
        dark = path.level.origin <= 0
        path = path.in_target_shade() if dark else path
        return cls(path, scale, path.level.start, repeats, gap=gap, shade_told=not dark)

    def next_due(self) -> Seconds | None:
        """Return the time of the next step."""
        return self.due

    def advance(self, now: Seconds) -> tuple["SteppedFade", tuple[FadeStep, ...]]:
        """Return at most one step, to the path's setting at `now`."""
        if self.due is None or now < self.due:
            return self, ()
        setting = self.path.at(now)
        units = self._units(setting)
        landed = now >= self.path.end
        owes = units.level > 0 and units.has_shade and not self.shade_told
        was_lit = self.sent is not None and self.sent.level > 0
        told = self.shade_told or was_lit
        due, repeats = self._schedule(units, now, landed=landed, owes=owes and not was_lit)
        # Not `replace`, which takes a fifth of a step's time.
        after = SteppedFade(self.path, self.scale, due, repeats, units, landed, told, self.gap)
        same = self.sent is not None and units[1:] == self.sent[1:]
        if same and not self.landed and not owes:
            changed = units != self.sent
            return after, (FadeStep(setting.level, None),) if changed else ()
        return after, (FadeStep(setting.level, setting.kelvin, color=setting.color),)

    def _schedule(
        self, units: Units, now: Seconds, *, landed: bool, owes: bool
    ) -> tuple[Seconds | None, tuple[Seconds, ...]]:
        """Return the time of the next step, and the repeats left; soon if a white is owed."""
        repeats = tuple(at for at in self.repeats if at > now)
        if owes:
            return Seconds(now + self.gap), repeats
        if landed:
            return (repeats[0] if repeats else None), repeats
        return self._next_change(units, now), repeats

    def control_lost(self) -> None:
        """Return None: the lamp stays at its last step."""

    def _next_change(self, units: Units, now: Seconds) -> Seconds:
        """Find by bisection the next change of units, at least a gap from now."""
        early, late = Seconds(now + self.gap), self.path.end
        if early >= late:
            return early
        if self._units(self.path.at(early)) != units:
            return early
        while late - early > _CLOSE:
            middle = Seconds((early + late) / 2)
            if self._units(self.path.at(middle)) == units:
                early = middle
            else:
                late = middle
        return late

    def _units(self, setting: Setting) -> Units:
        mired = round(MIRED / setting.kelvin) if setting.kelvin is not None else 0
        return Units(self.scale.units(setting.level), mired, setting.color)
