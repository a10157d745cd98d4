"""Time axis, and what the rows along it share: names, backgrounds, and levels in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kacenv.core.units import Seconds
from kacenv.rehearsal.plot.arc import Arc
from kacenv.rehearsal.plot.palette import DIM, GROUND
from kacenv.rehearsal.plot.svg_canvas import SvgCanvas

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


GAP: Final = 2.0
"""Distance of two phases, in pixels."""


def row_name(canvas: SvgCanvas, scale: TimeAxis, y: float, name: str) -> None:
    """Draw a row's name to its left."""
    canvas.text(scale.left - 16, y, name, fill=DIM, size=12, anchor="end")


def ground(canvas: SvgCanvas, scale: TimeAxis, arc: Arc, y: float, height: float) -> None:
    """Draw a row's background: a box for each phase."""
    for phase in arc.phases:
        width = scale.span(phase.end - phase.begin) - GAP
        canvas.box(scale.x(phase.begin), y, width, height, GROUND)


def decibels(level: float) -> str:
    """Format a level in dB, with a true minus sign."""
    return f"{level:+.3g} dB".replace("-", "\N{MINUS SIGN}") if round(level, 1) else "0 dB"
