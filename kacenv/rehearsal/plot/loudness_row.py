"""Loudness curve: the planned level, manual changes, and the measured loudness."""

import math
from typing import Final

from kacenv.rehearsal.plot.arc import Arc
from kacenv.rehearsal.plot.palette import BRIGHT, DIM, EDGE, SOFT, WARM
from kacenv.rehearsal.plot.svg_canvas import SvgCanvas, width_of
from kacenv.rehearsal.plot.time_axis import TimeAxis, decibels, ground, row_name

_HEIGHT: Final = 92.0
_HEADROOM: Final = 5.0
_STEP: Final = 6
"""Distance of two lines in dB."""


def draw_loudness(canvas: SvgCanvas, scale: TimeAxis, arc: Arc, y: float) -> float:
    """Draw the curve from `y` down; return the y of its end."""
    row_name(canvas, scale, y + 14, "loudness")
    ruler = _Ruler(arc, y)
    ground(canvas, scale, arc, y, _HEIGHT)
    _lines(canvas, scale, arc, ruler)
    base = y + _HEIGHT
    planned = [(scale.x(point.at), ruler.y(point.level)) for point in arc.loudness]
    heard = [(scale.x(point.at), ruler.y(point.level)) for point in arc.measured] or planned
    corners = [(heard[0][0], base), *heard, (heard[-1][0], base)]
    fill = canvas.gradient([(0, f"{WARM}88"), (1, f"{WARM}12")], upright=True)
    canvas.path(corners, closed=True, fill=fill)
    if arc.measured:
        canvas.path(planned, fill="none", stroke=BRIGHT, stroke_width=1, stroke_opacity=0.45)
    width = 1.2 if arc.measured else 1.6
    canvas.path(heard, fill="none", stroke=WARM, stroke_width=width, stroke_linejoin="round")
    _levels(canvas, scale, arc, ruler)
    return base


class _Ruler:
    """Vertical scale of levels."""

    def __init__(self, arc: Arc, y: float) -> None:
        levels: list[float] = [phase.level for phase in arc.phases]
        heard = [*levels, *(point.level for point in arc.loudness)]
        measured = (point.level for point in arc.measured)
        self.top = math.ceil(max(0.0, *heard, *measured) + _HEADROOM)
        self.bottom = math.floor(min(-_STEP, *levels) - _STEP)
        self._y = y

    def y(self, level: float) -> float:
        share = (self.top - max(level, self.bottom)) / (self.top - self.bottom)
        return self._y + share * _HEIGHT


def _lines(canvas: SvgCanvas, scale: TimeAxis, arc: Arc, ruler: _Ruler) -> None:
    right = scale.x(arc.length)
    for level in range(0, ruler.bottom, -_STEP):
        y = ruler.y(level)
        canvas.line((scale.left, y), (right, y), EDGE, stroke_dasharray="2 4")
        if level:
            canvas.text(scale.left - 16, y + 4, decibels(level), fill=DIM, size=10, anchor="end")


def _levels(canvas: SvgCanvas, scale: TimeAxis, arc: Arc, ruler: _Ruler) -> None:
    """Draw each phase's level above its curve, or at the top if loudness was measured."""
    for phase in arc.phases:
        text, width = decibels(phase.level), scale.span(phase.end - phase.begin)
        if width >= width_of(text, 11) + 4:
            middle = phase.begin + (phase.end - phase.begin) / 2
            above = ruler.y(max(phase.level, arc.level_at(middle))) - 6
            y = ruler.y(ruler.top) + 13 if arc.measured else above
            canvas.text(scale.x(middle), y, text, fill=SOFT, size=11, anchor="middle")
