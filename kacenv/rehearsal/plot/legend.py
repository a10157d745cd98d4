"""Legend of colours and signs, in one line at the foot of the page."""

from collections.abc import Sequence
from typing import Final

from kacenv.rehearsal.plot.arc import Arc, MarkKind
from kacenv.rehearsal.plot.palette import DIM, ENERGY, HAND, WARM
from kacenv.rehearsal.plot.svg_canvas import SvgCanvas, width_of
from kacenv.rehearsal.plot.time_axis import TimeAxis

_SIZE: Final = 11.0
_SWATCH: Final = 12.0


def draw_legend(canvas: SvgCanvas, scale: TimeAxis, arcs: Sequence[Arc], y: float) -> float:
    """Draw the line at `y`, from the right; return the y of the page's end."""
    x = scale.right
    if any(arc.held for arc in arcs):
        x = _word(canvas, x, y, "held")
        canvas.box(x - 20, y - 10, 16, 12, HAND, fill_opacity=0.3)
        x -= 44
    if any(mark.kind is MarkKind.CHECK_IN for arc in arcs for mark in arc.marks):
        x = _check_ins(canvas, x, y)
    x = _word(canvas, x, y, "livelier")
    x -= len(ENERGY) * _SWATCH + 6
    for step, colour in enumerate(ENERGY.values()):
        canvas.box(x + step * _SWATCH, y - 9, _SWATCH - 2, 10, colour)
    _word(canvas, x - 6, y, "calmer")
    return y + 18


def _check_ins(canvas: SvgCanvas, right: float, y: float) -> float:
    """Draw the signs of check-ins; return the right end of the next word."""
    x = _word(canvas, right, y, "without") - 8
    canvas.dot(x, y - 4, 3.2, fill=WARM)
    x = _word(canvas, x - 16, y, "check-in with a chime") - 12
    canvas.dot(x, y - 4, 3.2, fill=WARM)
    canvas.dot(x, y - 4, 6, fill="none", stroke=WARM, stroke_width=1.3)
    return x - 28


def _word(canvas: SvgCanvas, right: float, y: float, text: str) -> float:
    """Draw a word that ends at `right`; return its left end."""
    canvas.text(right, y, text, fill=DIM, size=_SIZE, anchor="end")
    return right - width_of(text, _SIZE)
