"""Time axis: pixels of times."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kacenv.core.units import Seconds

_STEPS: Final = (5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
CLOSEST: Final = 72.0
"""Least distance of two labels, in pixels."""


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Scale of times from 0 to `length` between the pixels `left` and `right`."""

    left: float
    right: float
    length: Seconds

    def x(self, at: float) -> float:
        """Return the x of a time."""
        return self.left + self.span(at)

    def span(self, duration: float) -> float:
        """Return the width of a duration, in pixels."""
        return (self.right - self.left) * duration / max(self.length, 1.0)

    def ticks(self, closest: float = CLOSEST) -> Iterator[Seconds]:
        """Yield round times, at least `closest` pixels apart."""
        step = next((step for step in _STEPS if self.span(step) >= closest), _STEPS[-1])
        yield from (Seconds(at) for at in range(0, round(self.length) + 1, step))
