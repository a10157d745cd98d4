"""What a lamp's reports mean: an echo, obedience, somebody's hand, or a lamp astray."""

from enum import Enum, auto
from typing import NamedTuple

from kacenv.lights.eye import Scale
from kacenv.lights.path import Path
from kacenv.units import Level, Seconds

ECHO = Seconds(2.0)
"""A report this soon after a change may still be of what was before it."""
DRIFT = 0.02
"""A bulb's own long fade may end this much later, as a share of it."""
SAME_LEVEL = 0.02
"""Bulbs round to whole percents and have a darkest light; a hand at a dimmer changes more."""


class Meaning(Enum):
    """How a report compares to what the lamp was told."""

    ECHO = auto()
    """It says nothing new."""
    FOLLOWS = auto()
    """The lamp shows, or will show, what it was told."""
    HAND = auto()
    """Somebody else changed it."""
    DIFFERS = auto()
    """It never came to what it was told."""


class _Span(NamedTuple):
    """The levels that a fade goes through; a report between them may be its own."""

    low: Level
    high: Level

    def with_(self, other: "_Span") -> "_Span":
        return _Span(min(self.low, other.low), max(self.high, other.high))


_ANY = _Span(Level(0.0), Level(1.0))


class Witness:
    """Remembers where a lamp was last led, and judges its reports by that."""

    def __init__(self, scale: Scale) -> None:
        self._scale = scale
        self._span, self._before = _ANY, _ANY
        self._target = Level(0.0)
        self._begun = self._settled = Seconds(0.0)
        self._told: Seconds | None = None
        self.confirmed_after: Seconds | None = None
        """How long after the last change the lamp first said that it follows."""

    @property
    def confirmed(self) -> bool:
        """Whether the lamp has said that it follows since it was last led anywhere."""
        return self.confirmed_after is not None

    def begin(self, path: Path, now: Seconds, *, known: bool) -> None:
        """The lamp is led along `path` from now on; `known` if it began where the path does."""
        ends = (Level(path.level.origin), Level(path.level.target))
        span = _Span(min(ends), max(ends)) if known else _ANY
        overlaps = now < self._begun + ECHO
        self._before = self._before.with_(self._span) if overlaps else self._span
        self._span, self._target = span, Level(path.level.target)
        self._begun, self._settled = now, Seconds(path.end + ECHO + DRIFT * (path.end - now))
        self._told = self.confirmed_after = None

    def put_off(self, span: Seconds) -> None:
        """The lamp's way ends later by `span`."""
        self._settled = Seconds(self._settled + span)

    def told(self, level: Level, now: Seconds) -> None:
        """The lamp was told `level`; from its final one on it can confirm."""
        if self._told is None and self.agree(level, self._target):
            self._told = now

    def doubt(self) -> None:
        """What the lamp has said is denied: it is to confirm anew."""
        self.confirmed_after = None

    def judge(self, level: Level, now: Seconds) -> Meaning:
        """What a report of `level` at `now` means."""
        if self.agree(level, self._target):
            if self._told is not None and not self.confirmed:
                self.confirmed_after = Seconds(now - self._told)
            return Meaning.FOLLOWS
        if now < self._settled:
            recent = self._span.with_(self._before) if now < self._begun + ECHO else self._span
            return Meaning.ECHO if self._within(level, recent) else Meaning.HAND
        return Meaning.HAND if self.confirmed else Meaning.DIFFERS

    def agree(self, one: Level, other: Level) -> bool:
        """Whether two levels are one light to the eye, or one number to the lamp."""
        return self._within(one, _Span(other, other))

    def _within(self, level: Level, span: _Span) -> bool:
        if level <= 0:
            return span.low <= 0
        low, high = (self._scale.units(end) for end in span)
        slack = 1 if self._scale.full > 1 else 0
        near = span.low - SAME_LEVEL <= level <= span.high + SAME_LEVEL
        return span.high > 0 and (near or low - slack <= self._scale.units(level) <= high + slack)
