"""Classification of a lamp's level reports: echo, following, manual change, or mismatch."""

from enum import Enum, auto
from typing import NamedTuple

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.fades.lightness import DimmingScale
from kacenv.devices.lights.fades.trajectory import Trajectory

ECHO = Seconds(2.0)
"""Time (s) after a change in which a report may still show the state before it."""
DRIFT = 0.02
"""Share of a fade's duration by which a bulb's own long fade may end later."""
SAME_LEVEL = 0.02
"""Tolerance (level): bulbs round to whole percents and have a darkest light; people change more."""


class ReportKind(Enum):
    """Meaning of a report, compared with the last command."""

    ECHO = auto()
    """Echo: a state from before the command or within the fade."""
    FOLLOWS = auto()
    """Following: the lamp shows, or will show, what it was told."""
    HAND = auto()
    """Manual change, by a person or another system."""
    DIFFERS = auto()
    """Mismatch: the lamp never reached what it was told."""


class _LevelRange(NamedTuple):
    """Range of levels that a fade passes; a report within it may be the fade's own."""

    low: Level
    high: Level

    def with_(self, other: "_LevelRange") -> "_LevelRange":
        return _LevelRange(min(self.low, other.low), max(self.high, other.high))


_ANY = _LevelRange(Level(0.0), Level(1.0))


class ReportClassifier:
    """Classifies level reports by comparison with the last fade."""

    def __init__(self, scale: DimmingScale) -> None:
        self._scale = scale
        self._span, self._before = _ANY, _ANY
        self._target = Level(0.0)
        self._begun = self._settled = Seconds(0.0)
        self._told: Seconds | None = None
        self.confirmed_after: Seconds | None = None
        """Time (s) from the fade's last change to the lamp's confirmation; None without one."""

    @property
    def confirmed(self) -> bool:
        """Tell if the lamp has confirmed the current fade."""
        return self.confirmed_after is not None

    def begin(self, path: Trajectory, now: Seconds, *, known: bool) -> None:
        """Start a fade along `path`; `known` if the lamp's level at its start is known."""
        ends = (Level(path.level.origin), Level(path.level.target))
        span = _LevelRange(min(ends), max(ends)) if known else _ANY
        overlaps = now < self._begun + ECHO
        self._before = self._before.with_(self._span) if overlaps else self._span
        self._span, self._target = span, Level(path.level.target)
        self._begun, self._settled = now, Seconds(path.end + ECHO + DRIFT * (path.end - now))
        self._told = self.confirmed_after = None

    def extend(self, span: Seconds) -> None:
        """Delay the fade's end by `span` seconds."""
        self._settled = Seconds(self._settled + span)

    def told(self, level: Level, now: Seconds) -> None:
        """Note that `level` was sent; from the final level on, the lamp can confirm."""
        if self._told is None and self.agree(level, self._target):
            self._told = now

    def revoke_confirmation(self) -> None:
        """Discard the confirmation, so that the lamp must confirm again."""
        self.confirmed_after = None

    def classify(self, level: Level, now: Seconds) -> ReportKind:
        """Classify a report of `level`."""
        if self.agree(level, self._target):
            if self._told is not None and not self.confirmed:
                self.confirmed_after = Seconds(now - self._told)
            return ReportKind.FOLLOWS
        if now < self._settled:
            recent = self._span.with_(self._before) if now < self._begun + ECHO else self._span
            return ReportKind.ECHO if self._within(level, recent) else ReportKind.HAND
        return ReportKind.HAND if self.confirmed else ReportKind.DIFFERS

    def agree(self, one: Level, other: Level) -> bool:
        """Tell if two levels look the same, or differ by at most one unit of the lamp's scale."""
        return self._within(one, _LevelRange(other, other))

    def _within(self, level: Level, span: _LevelRange) -> bool:
        if level <= 0:
            return span.low <= 0
        low, high = (self._scale.units(end) for end in span)
        slack = 1 if self._scale.full > 1 else 0
        near = span.low - SAME_LEVEL <= level <= span.high + SAME_LEVEL
        return span.high > 0 and (near or low - slack <= self._scale.units(level) <= high + slack)
