"""Layout of the picture: a block of rows for each session, all on one time axis."""

from collections.abc import Sequence
from typing import Final

from kacenv.core.units import Seconds, format_seconds
from kacenv.rehearsal.plot.arc import Arc
from kacenv.rehearsal.plot.legend import draw_legend
from kacenv.rehearsal.plot.light_rows import draw_light
from kacenv.rehearsal.plot.loudness_row import draw_loudness
from kacenv.rehearsal.plot.music_row import draw_key, draw_music, key_of
from kacenv.rehearsal.plot.palette import BRIGHT, DIM, FAINT
from kacenv.rehearsal.plot.phase_row import draw_held, draw_phases
from kacenv.rehearsal.plot.staff_row import draw_hand, draw_staff
from kacenv.rehearsal.plot.svg_canvas import SvgCanvas
from kacenv.rehearsal.plot.time_axis import TimeAxis

WIDTH: Final = 1200.0
_LEFT, _RIGHT = 104.0, WIDTH - 28.0
_GAP = 14.0
"""Distance of two rows."""


def draw(arcs: Sequence[Arc], captions: Sequence[str] = ()) -> str:
    """Draw the sessions one above the other as SVG, with `captions`, by default for rehearsals."""
    said = captions or ["a rehearsal"] * len(arcs)
    canvas = SvgCanvas(
        WIDTH, " and ".join(f"{a.title}: {w}" for a, w in zip(arcs, said, strict=True))
    )
    scale = TimeAxis(_LEFT, _RIGHT, Seconds(max(arc.length for arc in arcs)))
    y = 22.0
    for arc, words in zip(arcs, captions or map(_rehearsed, arcs), strict=True):
        y = _block(canvas, scale, arc, words, y) + 2 * _GAP
    return canvas.svg(draw_legend(canvas, scale, arcs, y))


def _block(canvas: SvgCanvas, scale: TimeAxis, arc: Arc, words: str, top: float) -> float:
    """Draw one session from `top` down; return the y of its end."""
    _head(canvas, arc, words, top + 18)
    y = _axis(canvas, scale, top + 58)
    phases = y = draw_hand(canvas, scale, arc, y)
    y = draw_phases(canvas, scale, arc, y) + _GAP
    key = key_of(arc)
    y = draw_music(canvas, scale, arc, key, y) + _GAP
    y = draw_loudness(canvas, scale, arc, y) + _GAP
    y = draw_light(canvas, scale, arc, y)
    draw_held(canvas, scale, arc, phases, y)
    y = draw_staff(canvas, scale, arc, y + _GAP)
    return draw_key(canvas, scale, key, y + _GAP)


def _rehearsed(arc: Arc) -> str:
    planned, length = format_seconds(arc.planned), format_seconds(arc.length)
    return f"{planned} planned, {length} rehearsed in the room {arc.room}"


def _head(canvas: SvgCanvas, arc: Arc, words: str, y: float) -> None:
    canvas.text(28, y, arc.title, fill=BRIGHT, size=24, font_weight="600")
    canvas.text(_RIGHT, y, words, fill=DIM, size=13, anchor="end")


def _axis(canvas: SvgCanvas, scale: TimeAxis, y: float) -> float:
    for at in scale.ticks():
        x = scale.x(at)
        canvas.text(x, y, format_seconds(at) if at else "0", fill=DIM, size=12, anchor="middle")
        canvas.line((x, y + 6), (x, y + 11), FAINT)
    return y + 17
