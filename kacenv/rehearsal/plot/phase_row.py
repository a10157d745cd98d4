"""Phases side by side, in proportion to their length; and the holds."""

from typing import Final

from kacenv.core.units import format_seconds
from kacenv.rehearsal.plot.arc import Arc, PhaseSpan
from kacenv.rehearsal.plot.palette import BRIGHT, EDGE, HAND, SOFT
from kacenv.rehearsal.plot.svg_canvas import Point, SvgCanvas, fitted, width_of
from kacenv.rehearsal.plot.time_axis import GAP, TimeAxis, row_name

_HEIGHT: Final = 30.0
_SIZES: Final = (13.0, 11.0, 9.0)
"""Sizes of a name, in a wide phase and in narrow ones."""


def draw_phases(canvas: SvgCanvas, scale: TimeAxis, arc: Arc, y: float) -> float:
    """Draw the row of phases from `y` down; return the y of its end."""
    row_name(canvas, scale, y + 20, "phases")
    for phase in arc.phases:
        x, width = scale.x(phase.begin), scale.span(phase.end - phase.begin)
        length = format_seconds(phase.end - phase.begin)
        with canvas.hint(f"{phase.name}: {length}, music {phase.level:+g} dB"):
            canvas.box(x, y, width - GAP, _HEIGHT, EDGE)
            _words(canvas, (x, y + 20), width, phase)
    return y + _HEIGHT


def _minutes(span: float) -> str:
    return f"{span / 60:.0f}m" if span >= 600 else format_seconds(span)


def _words(canvas: SvgCanvas, place: Point, width: float, phase: PhaseSpan) -> None:
    """Draw the phase's name, and its length if there is space for both."""
    (x, y), name, length = place, phase.name, _minutes(phase.end - phase.begin)
    if width_of(name, 13) + width_of(length, 11) + 24 <= width:
        canvas.text(x + 10, y, name, fill=BRIGHT, size=13)
        canvas.text(x + width - 10, y, length, fill=SOFT, size=11, anchor="end")
        return
    size = next((size for size in _SIZES if width_of(name, size) <= width - 3), _SIZES[-1])
    text = fitted(name, size, width - 3)
    canvas.text(x + (width - GAP) / 2, y, text, fill=BRIGHT, size=size, anchor="middle")


def draw_held(canvas: SvgCanvas, scale: TimeAxis, arc: Arc, top: float, bottom: float) -> None:
    """Draw a translucent box over each hold."""
    for held in arc.held:
        x, width = scale.x(held.begin), scale.span(held.end - held.begin)
        length = format_seconds(held.end - held.begin)
        with canvas.hint(f"held for {length}"):
            canvas.box(x, top, width, bottom - top, HAND, fill_opacity=0.14)
