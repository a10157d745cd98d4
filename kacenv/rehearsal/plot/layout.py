"""Layout of the picture: a block of rows for each session on one time axis, and the legend."""

from collections.abc import Sequence
from typing import Final

from kacenv.core.units import Seconds, format_seconds
from kacenv.rehearsal.plot.arc import Arc, MarkKind
from kacenv.rehearsal.plot.light_rows import draw_light
from kacenv.rehearsal.plot.loudness_row import draw_loudness
from kacenv.rehearsal.plot.music_row import draw_key, draw_music, key_of
from kacenv.rehearsal.plot.palette import BRIGHT, DIM, ENERGY, FAINT, HAND, WARM
from kacenv.rehearsal.plot.phase_row import draw_held, draw_phases
from kacenv.rehearsal.plot.staff_row import draw_hand, draw_staff
from kacenv.rehearsal.plot.svg_canvas import SvgCanvas, width_of
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
