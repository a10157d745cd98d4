"""Fades: values as functions of absolute time."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from kacenv.core.units import Seconds


class FadeCurve(StrEnum):
    """Shape of a fade."""

    LINEAR = "linear"
    SMOOTH = "smooth"
    """Raised cosine: zero slope at both ends."""
    POWER_IN = "power in"
    """Sine: with POWER_OUT beside it, cos² + sin² = 1 keeps the power constant."""
    POWER_OUT = "power out"


_SHAPES: dict[FadeCurve, Callable[[float], float]] = {
    FadeCurve.LINEAR: lambda x: x,
    FadeCurve.SMOOTH: lambda x: (1 - math.cos(math.pi * x)) / 2,
    FadeCurve.POWER_IN: lambda x: math.sin(math.pi / 2 * x),
    FadeCurve.POWER_OUT: lambda x: 1 - math.cos(math.pi / 2 * x),
}
_STEEPEST = {
    FadeCurve.LINEAR: 1.0,
    FadeCurve.SMOOTH: math.pi / 2,
    FadeCurve.POWER_IN: math.pi / 2,
    FadeCurve.POWER_OUT: math.pi / 2,
}


LIGHT_CURVE = FadeCurve.LINEAR
"""Shape of every fade of light, in lightness: lamps with transitions of their own go straight."""


@dataclass(frozen=True, slots=True)
class Fade:
    """Value that goes from `origin` to `target` in `duration` seconds from `start`."""

    origin: float
    target: float
    start: Seconds = Seconds(0.0)
    duration: Seconds = Seconds(0.0)
    curve: FadeCurve = FadeCurve.SMOOTH

    def __eq__(self, other: object) -> bool:
        """Return True if all is equal; an unknown value equals another, unlike a bare NaN."""
        if not isinstance(other, Fade):
            return NotImplemented
        return _known(self) == _known(other)

    def __hash__(self) -> int:
        """Return the hash of all that is compared."""
        return hash(_known(self))

    @classmethod
    def steady(cls, value: float) -> "Fade":
        """Return a constant value."""
        return cls(value, value)

    @classmethod
    def steady_light(cls, level: float) -> "Fade":
        """Return a constant level of light."""
        return cls(level, level, curve=LIGHT_CURVE)

    @property
    def end(self) -> Seconds:
        """Time at which the target is reached, to the nanosecond: so equal times are equal."""
        return Seconds(round(self.start + self.duration, 9))

    @property
    def steepest(self) -> float:
        """Largest slope of the fade, per second; 0 if constant."""
        if self.origin == self.target:
            return 0.0
        change = abs(self.target - self.origin) * _STEEPEST[self.curve]
        return change / self.duration if self.duration else math.inf

    def value_at(self, time: float) -> float:
        """Return the value at `time`: the origin before the start, the target after the end."""
        if time >= min(self.end, self.start + self.duration):  # the end is rounded, so may be later
            return self.target
        if time <= self.start:
            return self.origin
        share = min(1.0, (time - self.start) / self.duration)
        return self.origin + (self.target - self.origin) * _SHAPES[self.curve](share)

    def toward(
        self, target: float, start: Seconds, duration: Seconds, bound: float = math.inf
    ) -> "Fade":
        """Return a fade to `target` that continues this one without a jump.

        It lasts `duration`, or longer if its slope would exceed `bound` per second.
        """
        origin = self.value_at(start)
        shortest = abs(target - origin) * _STEEPEST[self.curve] / bound
        return Fade(origin, target, start, Seconds(max(duration, shortest)), self.curve)


def _known(fade: Fade) -> tuple[object, ...]:
    """Return all that is known of a fade; NaN doesn't equal itself, so None stands for it."""
    known = (None if math.isnan(value) else value for value in (fade.origin, fade.target))
    return (*known, fade.start, fade.duration, fade.curve)
