"""Parts common to the rows: names, backgrounds, and levels in words."""

from typing import Final

from kacenv.rehearsal.plot.arc import Arc
from kacenv.rehearsal.plot.palette import DIM, GROUND
from kacenv.rehearsal.plot.svg_canvas import SvgCanvas
from kacenv.rehearsal.plot.time_axis import TimeAxis

GAP: Final = 2.0
"""Distance of two phases, in pixels."""


def row_name(sheet: SvgCanvas, scale: TimeAxis, y: float, name: str) -> None:
    """Draw a row's name to its left."""
    sheet.text(scale.left - 16, y, name, fill=DIM, size=12, anchor="end")


def ground(sheet: SvgCanvas, scale: TimeAxis, arc: Arc, y: float, height: float) -> None:
    """Draw a row's background: a box for each phase."""
    for phase in arc.phases:
        width = scale.span(phase.end - phase.begin) - GAP
        sheet.box(scale.x(phase.begin), y, width, height, GROUND)


def decibels(level: float) -> str:
    """Format a level in dB, with a true minus sign."""
    return f"{level:+.3g} dB".replace("-", "\N{MINUS SIGN}") if round(level, 1) else "0 dB"
