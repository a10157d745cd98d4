"""One lamp's fade, as a function of absolute time; pure, so that it can be asked at any moment.

A lamp that fades by itself is told once, or once for each stretch that it can take at a time. Any
other is stepped: even steps to the eye, a message only when one of the lamp's own numbers
changes, and in the end exactly the target.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol, Self

from kacenv.lights.eye import Scale
from kacenv.lights.path import MIRED, Path
from kacenv.look import Color, Setting
from kacenv.units import Kelvin, Level, Seconds

STEP_GAP = Seconds(0.2)
"""Cheap bulbs clog at more than about five messages a second."""
URGENT_REPEATS = (Seconds(1.0), Seconds(2.0), Seconds(3.6))
"""A lost message must not leave a lamp dark. The last repeat comes when the fade is surely over:
a little sooner, it would make a lamp that is late a second later."""
WHITE_LONGEST = Seconds(10.0)
"""What a lamp that can't fade level and white together spends on its white, at most."""
WHITE_SETTLING = Seconds(2.0)
LONGEST = Seconds(86400.0)
"""A transition longer than any."""
_CLOSE = 0.01
"""Seconds by which a step may come early."""
_TINY = 1e-6
"""Seconds; what is put off to just now is due."""


class Step(NamedTuple):
    """What a lamp is told: a level, a white or colour, or both, within `transition`."""

    level: Level | None
    kelvin: Kelvin | None
    transition: Seconds = Seconds(0.0)
    color: Color | None = None


class LampFade(Protocol):
    """A fade on its way to one lamp; frozen, each telling makes a new one."""

    @property
    def path(self) -> Path:
        """What the lamp should show when."""
        ...

    def next_due(self) -> Seconds | None:
        """When there is next something to tell, or to look at; None when all is said."""
        ...

    def advance(self, now: Seconds) -> tuple[Self, tuple[Step, ...]]:
        """What to tell the lamp now, and the fade after that."""
        ...

    def left_alone(self) -> Self | None:
        """What comes of it if nothing more is told; None where the lamp stays as it was told."""
        ...


class _Telling(NamedTuple):
    """A message still to be sent; it ends at `until`, unless it is sent too late for that."""

    at: Seconds
    until: Seconds
    level: bool
    white: bool
    shortest: Seconds = Seconds(0.0)


@dataclass(frozen=True, slots=True)
class OwnFade:
    """The fade of a lamp that fades by itself."""

    path: Path
    tellings: tuple[_Telling, ...]
    told_until: Seconds | None = None
    """How far what was told so far leads."""

    @classmethod
    def begin(
        cls, path: Path, *, apart: bool = False, urgent: bool = False, longest: Seconds = LONGEST
    ) -> "OwnFade":
        """One message for the whole path, or for each stretch of `longest`.

        `apart` is for lamps that can't fade level and white in one go: a lamp that is lit
        changes its white first. It is reminded at the end, for a dark lamp may not listen to a
        white.
        """
        start, end = path.level.start, path.end
        whole = _Telling(start, end, level=True, white=True)
        if urgent:
            later = (_again(whole, Seconds(start + after)) for after in URGENT_REPEATS)
            return cls(path, (whole, *later))
        if apart:
            return cls._apart(path, longest)
        return cls(path, _stretches(whole, longest))

    @classmethod
    def _apart(cls, path: Path, longest: Seconds) -> "OwnFade":
        level = path.level
        start = level.start
        if level.target <= 0:
            dark = _Telling(start, path.end, level=True, white=False)
            return cls(path, _stretches(dark, longest))
        if level.origin <= 0:
            first, *rest = _stretches(_Telling(start, path.end, level=True, white=False), longest)
            return cls(path, (first._replace(white=True), *rest, _reminder(path.end)))
        span = Seconds(min(WHITE_LONGEST, level.duration / 3))
        staged = path.white_first(span)
        first = _Telling(start, staged.level.start, level=False, white=True)
        then = _Telling(first.until, staged.end, level=True, white=False)
        return cls(staged, (first, *_stretches(then, longest), _reminder(staged.end)))

    def next_due(self) -> Seconds | None:
        """When the next message is due."""
        return self.tellings[0].at if self.tellings else None

    def advance(self, now: Seconds) -> tuple["OwnFade", tuple[Step, ...]]:
        """The messages that are due; of stretches that came due together, the last."""
        fade = self._put_off(self._lacking(now))
        due = [telling for telling in fade.tellings if telling.at <= now + _TINY]
        rest = fade.tellings[len(due) :]
        later = [*due[1:], None]
        due = [one for one, next_ in zip(due, later, strict=False) if not _is_past(one, next_, now)]
        steps = tuple(_step(fade.path, telling, now) for telling in due)
        until = due[-1].until if due else fade.told_until
        return replace(fade, tellings=rest, told_until=until), steps

    def left_alone(self) -> "OwnFade":
        """The lamp ends by itself what it was told."""
        until = self.path.level.start if self.told_until is None else self.told_until
        return replace(self, path=self.path.cut(until), tellings=())

    def _lacking(self, now: Seconds) -> Seconds:
        """How much later all must be, so that a message sent late doesn't hurry the lamp."""
        first = self.tellings[0] if self.tellings else None
        if first is None or first.at > now or first.until > self.path.end:
            return Seconds(0.0)
        least = self.path.pace * (first.until - first.at)
        return Seconds(max(0.0, now + least - first.until) if least else 0.0)

    def _put_off(self, span: Seconds) -> "OwnFade":
        if span <= _CLOSE:
            return self
        tellings = (
            one._replace(at=Seconds(one.at + span), until=Seconds(one.until + span))
            for one in self.tellings
        )
        return replace(self, path=self.path.later(span), tellings=tuple(tellings))


def _step(path: Path, telling: _Telling, now: Seconds) -> Step:
    target = path.at(telling.until)
    left = Seconds(max(telling.until - now, telling.shortest, 0.0))
    level = target.level if telling.level else None
    kelvin, color = (target.kelvin, target.color) if telling.white else (None, None)
    return Step(level, kelvin, left, color)


def _stretches(whole: _Telling, longest: Seconds) -> tuple[_Telling, ...]:
    """One telling, or one for each part that a lamp can take at a time."""
    span = whole.until - whole.at
    count = max(1, -int(-span // longest))
    marks = [Seconds(whole.at + span * part / count) for part in range(count)]
    ends = [*marks[1:], whole.until]
    return tuple(whole._replace(at=at, until=end) for at, end in zip(marks, ends, strict=True))


def _is_past(telling: _Telling, later: _Telling | None, now: Seconds) -> bool:
    """Whether a later telling of the same kind is due as well."""
    same = later is not None and (telling.level, telling.white) == (later.level, later.white)
    return same and telling.until <= now


def _reminder(at: Seconds) -> _Telling:
    """The white alone, once the level has come to rest."""
    return _Telling(at, Seconds(at + WHITE_SETTLING), level=False, white=True)


def _again(telling: _Telling, at: Seconds) -> _Telling:
    """The same message at `at`; a lamp that has missed all before still gets a second's fade."""
    return telling._replace(at=at, shortest=Seconds(1.0))


class Units(NamedTuple):
    """A setting in a lamp's own numbers."""

    level: int
    mired: int
    color: Color | None


@dataclass(frozen=True, slots=True)
class SteppedFade:
    """The fade of a lamp that must be led there step by step.

    `due` is when the lamp's numbers will have changed, no sooner than `gap` after the last
    step: where a unit is a large step to the eye, each is told on its own moment.
    """

    path: Path
    scale: Scale
    due: Seconds | None
    repeats: tuple[Seconds, ...] = ()
    told: Units | None = None
    landed: bool = False
    gap: Seconds = STEP_GAP

    @classmethod
    def begin(
        cls, path: Path, scale: Scale, *, urgent: bool = False, gap: Seconds = STEP_GAP
    ) -> "SteppedFade":
        """All steps still to come; the first one says where the path begins."""
        repeats = (Seconds(path.end + after) for after in URGENT_REPEATS) if urgent else ()
        return cls(path, scale, path.level.start, tuple(repeats), gap=gap)

    def next_due(self) -> Seconds | None:
        """When the next step is due."""
        return self.due

    def advance(self, now: Seconds) -> tuple["SteppedFade", tuple[Step, ...]]:
        """At most one step, to where the path is by now."""
        if self.due is None or now < self.due:
            return self, ()
        setting = self.path.at(now)
        units = self._units(setting)
        landed = now >= self.path.end
        repeats = tuple(at for at in self.repeats if at > now)
        due = (repeats[0] if repeats else None) if landed else self._next_change(units, now)
        after = replace(self, due=due, told=units, repeats=repeats, landed=landed)
        if units == self.told and not self.landed:
            return after, ()
        if self.told is not None and units[1:] == self.told[1:] and not self.landed:
            return after, (Step(setting.level, None),)
        return after, (Step(setting.level, setting.kelvin, color=setting.color),)

    def left_alone(self) -> None:
        """The lamp stays at its last step."""

    def _next_change(self, units: Units, now: Seconds) -> Seconds:
        """The first moment, at least a gap from now, at which another number is right."""
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
