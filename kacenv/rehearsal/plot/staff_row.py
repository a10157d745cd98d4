"""Check-ins, chimes, notes and presses at their times."""

from collections.abc import Iterator
from typing import Final

from kacenv.core.units import format_clock
from kacenv.rehearsal.plot.arc import Arc, ArcMark, MarkKind
from kacenv.rehearsal.plot.palette import DIM, HAND, SOFT, WARM
from kacenv.rehearsal.plot.svg_canvas import Point, SvgCanvas, width_of
from kacenv.rehearsal.plot.time_axis import TimeAxis, row_name

_ROW: Final = 20.0
_INDENT: Final = 11.0
_SIZE: Final = 12.0


class _Lines:
    """Rows of labels; each label goes to the first row with space for it."""

    def __init__(self, scale: TimeAxis) -> None:
        self._scale = scale
        self._taken: list[list[tuple[float, float]]] = []

    def place(self, at: float, text: str) -> tuple[int, bool]:
        """Return the row of a label at `at`, and True if the label is left of its mark."""
        x, width = self._scale.x(at), width_of(text, _SIZE) + _INDENT
        leftwards = x + width > self._scale.right + 20
        begin, end = (x - width - 6, x + 8) if leftwards else (x - 8, x + width + 6)
        for number, line in enumerate(self._taken):
            if all(end < other[0] or begin > other[1] for other in line):
                line.append((begin, end))
                return number, leftwards
        self._taken.append([(begin, end)])
        return len(self._taken) - 1, leftwards

    def __len__(self) -> int:
        return len(self._taken)


def draw_hand(canvas: SvgCanvas, scale: TimeAxis, arc: Arc, y: float) -> float:
    """Draw presses from `y` down, if there are any; return the y of their end."""
    presses = [mark for mark in arc.marks if mark.kind is MarkKind.PRESS]
    if not presses:
        return y
    row_name(canvas, scale, y + 14, "by hand")
    lines = _Lines(scale)
    for mark in presses:
        number, leftwards = lines.place(mark.at, mark.text)
        x, line = scale.x(mark.at), y + number * _ROW + 14
        with canvas.hint(f"{format_clock(mark.at)} {mark.text}: {mark.reply}"):
            canvas.dot(x, line - 4, 4, fill=HAND)
            _label(canvas, (x, line), mark.text, HAND, leftwards=leftwards)
    return y + len(lines) * _ROW + 4


def draw_staff(canvas: SvgCanvas, scale: TimeAxis, arc: Arc, y: float) -> float:
    """Draw check-ins, chimes and notes from `y` down; return the y of their end."""
    row_name(canvas, scale, y + 14, "for staff")
    lines = _Lines(scale)
    for mark, chime in _with_chimes(arc.marks):
        text = mark.text if mark else chime.text if chime else ""
        at = mark.at if mark else chime.at if chime else 0.0
        number, leftwards = lines.place(at, text)
        x, line = scale.x(at), y + number * _ROW + 14
        rings = f", chime: {chime.text}" if mark and chime else ""
        with canvas.hint(f"{format_clock(at)} {text}{rings}"):
            _mark(canvas, x, line - 4, mark, rings=chime is not None)
            note = mark is None or mark.kind is MarkKind.NOTE
            _label(canvas, (x, line), text, DIM if note else SOFT, leftwards=leftwards)
    return y + max(1, len(lines)) * _ROW


def _mark(canvas: SvgCanvas, x: float, y: float, mark: ArcMark | None, *, rings: bool) -> None:
    if mark is not None:
        canvas.dot(x, y, 3.2, fill=DIM if mark.kind is MarkKind.NOTE else WARM)
    if rings:
        canvas.dot(x, y, 6, fill="none", stroke=WARM, stroke_width=1.3)


def _label(canvas: SvgCanvas, place: Point, text: str, colour: str, *, leftwards: bool) -> None:
    x, y = place
    begin, anchor = (x - _INDENT, "end") if leftwards else (x + _INDENT, "start")
    canvas.text(begin, y, text, fill=colour, size=_SIZE, anchor=anchor)


def _with_chimes(marks: tuple[ArcMark, ...]) -> Iterator[tuple[ArcMark | None, ArcMark | None]]:
    """Yield check-ins and notes, each with its chime, and then chimes alone."""
    told = [mark for mark in marks if mark.kind in {MarkKind.CHECK_IN, MarkKind.NOTE}]
    chimes = {mark.at: mark for mark in marks if mark.kind is MarkKind.CHIME}
    for mark in told:
        chime = chimes.pop(mark.at, None) if mark.kind is MarkKind.CHECK_IN else None
        yield mark, chime
    yield from ((None, chime) for chime in chimes.values())
