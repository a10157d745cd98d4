"""The time axis: where on the picture a moment lies."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kacenv.units import Seconds

_STEPS: Final = (5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
CLOSEST: Final = 72.0
"""Pixels between two labels."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Moments from 0 to `length` between the pixels `left` and `right`."""

    left: float
    right: float
    length: Seconds

    def x(self, at: float) -> float:
        """The pixel of a moment."""
        return self.left + self.span(at)

    def span(self, duration: float) -> float:
        """How many pixels long a duration is."""
        return (self.right - self.left) * duration / max(self.length, 1.0)

    def ticks(self, closest: float = CLOSEST) -> Iterator[Seconds]:
        """Round moments, at least `closest` apart, so that their labels have room."""
        step = next((step for step in _STEPS if self.span(step) >= closest), _STEPS[-1])
        yield from (Seconds(at) for at in range(0, round(self.length) + 1, step))
