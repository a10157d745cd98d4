"""One lamp's fade, as a function of absolute time; pure, so that it can be asked at any moment.

A lamp that fades by itself is told once. Any other is stepped: even steps to the eye, a message
only when the lamp's own number changes, and in the end exactly the target.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol, Self

from kacenv.fades import Curve, Fade
from kacenv.lights.eye import Scale
from kacenv.look import Setting
from kacenv.units import Kelvin, Level, Seconds

STEEPEST = 0.2
"""Level per second: no fade is faster, lights-up apart."""
STEP_GAP = Seconds(0.2)
"""Cheap bulbs clog at more than about five messages a second."""
URGENT_DURATION = Seconds(3.0)
"""Lights-up, from any level."""
URGENT_REPEATS = (Seconds(1.0), Seconds(2.0), Seconds(3.0))
"""A lost message must not leave a lamp dark."""
WHITE_LONGEST = Seconds(10.0)
"""What a lamp that can't fade level and white together spends on its white, at most."""
WHITE_SETTLING = Seconds(2.0)
_MIRED = 1_000_000.0


class Step(NamedTuple):
    """What a lamp is told: a level, a white, or both, within `transition`."""

    level: Level | None
    kelvin: Kelvin | None
    transition: Seconds = Seconds(0.0)


@dataclass(frozen=True, slots=True)
class Path:
    """From one setting to another: levels even to the eye, whites even in mired."""

    level: Fade
    mired: Fade | None

    @property
    def end(self) -> Seconds:
        """When the target is reached."""
        return Seconds(max(self.level.end, self.mired.end if self.mired else 0.0))

    @property
    def target(self) -> Setting:
        """Where it leads."""
        return self.at(self.end)

    def at(self, time: Seconds) -> Setting:
        """What the lamp should show at `time`."""
        kelvin = Kelvin(_MIRED / self.mired.value_at(time)) if self.mired else None
        return Setting(Level(self.level.value_at(time)), kelvin)


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


def path_between(
    origin: Setting | None,
    target: Setting,
    start: Seconds,
    duration: Seconds,
    *,
    urgent: bool = False,
) -> Path:
    """The way to `target`, longer than `duration` where the slope bound asks for it.

    From an unknown origin the longest way is allowed for, and the target taken as shown.
    """
    duration = _bounded(origin, target, duration, urgent=urgent)
    before = target.level if origin is None else origin.level
    level = Fade(before, target.level, start, duration, Curve.LINEAR)
    return Path(level, _mired(origin, target, start, duration))


def _bounded(
    origin: Setting | None, target: Setting, duration: Seconds, *, urgent: bool
) -> Seconds:
    if urgent:
        return URGENT_DURATION
    farthest = max(target.level, 1 - target.level)
    change = farthest if origin is None else abs(target.level - origin.level)
    return Seconds(max(duration, change / STEEPEST))


def _mired(
    origin: Setting | None, target: Setting, start: Seconds, duration: Seconds
) -> Fade | None:
    before = origin.kelvin if origin else None
    after = target.kelvin if target.kelvin is not None else before
    if after is None:
        return None
    return Fade(_MIRED / (before or after), _MIRED / after, start, duration, Curve.LINEAR)


class _Telling(NamedTuple):
    """A message still to be sent: it ends at `until`, however late it is sent."""

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

    @classmethod
    def begin(cls, path: Path, *, apart: bool = False, urgent: bool = False) -> "OwnFade":
        """One message for the whole path.

        `apart` is for lamps that can't fade level and white in one go: a lamp that is lit
        changes its white first. It is reminded at the end, for a dark lamp may not listen to a
        white.
        """
        start, end = path.level.start, path.end
        whole = _Telling(start, end, level=True, white=True)
        if urgent:
            later = (_again(whole, Seconds(start + after)) for after in URGENT_REPEATS)
            return cls(path, (whole, *later))
        if apart and path.mired:
            return cls._apart(path)
        return cls(path, (whole,))

    @classmethod
    def _apart(cls, path: Path) -> "OwnFade":
        level, white = path.level, path.mired
        start = level.start
        if white is None or level.target <= 0:
            return cls(path, (_Telling(start, path.end, level=True, white=False),))
        if level.origin <= 0:
            first = _Telling(start, path.end, level=True, white=True)
            return cls(path, (first, _reminder(path.end)))
        span = Seconds(min(WHITE_LONGEST, level.duration / 3))
        turn = Seconds(start + span)
        staged = Path(_later(level, span), replace(white, duration=span))
        first = _Telling(start, turn, level=False, white=True)
        then = _Telling(turn, staged.end, level=True, white=False)
        return cls(staged, (first, then, _reminder(staged.end)))

    def next_due(self) -> Seconds | None:
        """When the next message is due."""
        return self.tellings[0].at if self.tellings else None

    def advance(self, now: Seconds) -> tuple["OwnFade", tuple[Step, ...]]:
        """The messages that are due; of several that came due together, each once."""
        due = [telling for telling in self.tellings if telling.at <= now]
        rest = self.tellings[len(due) :]
        return replace(self, tellings=rest), tuple(self._step(telling, now) for telling in due)

    def _step(self, telling: _Telling, now: Seconds) -> Step:
        target = self.path.target
        left = Seconds(max(telling.until - now, telling.shortest, 0.0))
        level = target.level if telling.level else None
        return Step(level, target.kelvin if telling.white else None, left)


def _later(level: Fade, span: Seconds) -> Fade:
    """The same way begun `span` later, and ended in time where the slope bound lets it."""
    change = abs(level.target - level.origin)
    shortest = change / STEEPEST if change else level.duration
    left = Seconds(max(level.duration - span, shortest))
    return replace(level, start=Seconds(level.start + span), duration=left)


def _reminder(at: Seconds) -> _Telling:
    """The white alone, once the level has come to rest."""
    return _Telling(at, Seconds(at + WHITE_SETTLING), level=False, white=True)


def _again(telling: _Telling, at: Seconds) -> _Telling:
    """The same message at `at`; a lamp that has missed all before still gets a second's fade."""
    return telling._replace(at=at, shortest=Seconds(1.0))


@dataclass(frozen=True, slots=True)
class SteppedFade:
    """The fade of a lamp that must be led there step by step."""

    path: Path
    scale: Scale
    repeats: tuple[Seconds, ...] = ()
    told: tuple[int, int] | None = None
    looked: Seconds | None = None
    landed: bool = False

    @classmethod
    def begin(cls, path: Path, scale: Scale, *, urgent: bool = False) -> "SteppedFade":
        """All steps still to come; the first one says where the path begins."""
        repeats = (Seconds(path.end + after) for after in URGENT_REPEATS) if urgent else ()
        return cls(path, scale, tuple(repeats))

    def next_due(self) -> Seconds | None:
        """When to look again whether the lamp's number has changed."""
        if self.looked is None:
            return self.path.level.start
        if not self.landed:
            return Seconds(self.looked + STEP_GAP)
        return self.repeats[0] if self.repeats else None

    def advance(self, now: Seconds) -> tuple["SteppedFade", tuple[Step, ...]]:
        """At most one step, to where the path is by now."""
        due = self.next_due()
        if due is None or now < due:
            return self, ()
        setting = self.path.at(now)
        units = self._units(setting)
        repeat = self.landed
        after = replace(
            self,
            told=units,
            looked=now,
            landed=now >= self.path.end,
            repeats=tuple(at for at in self.repeats if at > now),
        )
        if units == self.told and not repeat:
            return after, ()
        same_white = self.told is not None and units[1] == self.told[1] and not repeat
        return after, (Step(setting.level, None if same_white else setting.kelvin),)

    def _units(self, setting: Setting) -> tuple[int, int]:
        mired = round(_MIRED / setting.kelvin) if setting.kelvin is not None else 0
        return self.scale.units(setting.level), mired
