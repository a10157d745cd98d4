"""Tracks in two alternating lanes, which overlap in crossfades."""

import math
from collections.abc import Iterator, Mapping
from typing import Final

from kacenv.core.plain_text import credited
from kacenv.core.units import format_brief, format_clock
from kacenv.rehearsal.plot.arc import Arc, PieceSpan
from kacenv.rehearsal.plot.palette import DIM, ENERGY, NIGHT, NO_ENERGY, SOFT
from kacenv.rehearsal.plot.svg_canvas import Point, SvgCanvas, fitted, width_of
from kacenv.rehearsal.plot.time_axis import TimeAxis, ground, row_name

_LANE, _BETWEEN = 20.0, 3.0
_STEPS = 8
"""Number of straight lines that approximate a fade."""
_COLUMNS, _ROW = 4, 18.0
_MOST: Final = 32
"""Most tracks in the list; more would be longer than the picture."""

Key = Mapping[tuple[str, str], tuple[int, PieceSpan]]
"""Number and first span of each track, by title and artist."""


def key_of(arc: Arc) -> Key:
    """Number the tracks in the order in which they are first heard."""
    key: dict[tuple[str, str], tuple[int, PieceSpan]] = {}
    for piece in arc.pieces:
        key.setdefault((piece.title, piece.artist), (len(key) + 1, piece))
    return key


def draw_music(canvas: SvgCanvas, scale: TimeAxis, arc: Arc, key: Key, y: float) -> float:
    """Draw the two lanes from `y` down; return the y of their end."""
    height = 2 * _LANE + _BETWEEN
    row_name(canvas, scale, y + height / 2 + 4, "music")
    ground(canvas, scale, arc, y, height)
    for index, piece in enumerate(arc.pieces):
        number, _ = key[(piece.title, piece.artist)]
        _piece(canvas, scale, piece, str(number), y + (index % 2) * (_LANE + _BETWEEN))
    return y + height


def _piece(canvas: SvgCanvas, scale: TimeAxis, piece: PieceSpan, number: str, y: float) -> None:
    x, width = scale.x(piece.begin), scale.span(piece.end - piece.begin)
    times = f"{format_clock(piece.begin)} to {format_clock(piece.end)}"
    fades = f"in over {format_brief(piece.fade_in)}, out over {format_brief(piece.fade_out)}"
    with canvas.hint(f"{credited(piece.title, piece.artist)}: {times}, {fades}"):
        canvas.path(_outline(scale, piece, y), closed=True, fill=colour_of(piece))
        if width >= width_of(number, 11) + 1:
            place = x + width / 2, y + _LANE / 2 + 4
            canvas.text(*place, number, fill=NIGHT, size=11, anchor="middle", font_weight="600")


def _outline(scale: TimeAxis, piece: PieceSpan, y: float) -> Iterator[Point]:
    """Yield the outline of a track's gain over time."""
    shares = [step / _STEPS for step in range(_STEPS + 1)]
    rising = (piece.begin + share * piece.fade_in for share in shares)
    falling = (piece.end + (share - 1) * piece.fade_out for share in shares)
    for at in (*rising, *falling):
        yield scale.x(at), y + _LANE * (1 - piece.gain_at(at))


def colour_of(piece: PieceSpan) -> str:
    """Return a track's colour, by its energy."""
    return ENERGY.get(piece.energy or 0, NO_ENERGY)


def draw_key(canvas: SvgCanvas, scale: TimeAxis, key: Key, y: float) -> float:
    """Draw the numbered list of tracks in columns from `y` down; return the y of its end."""
    row_name(canvas, scale, y + 12, "pieces")
    named = [piece for _, piece in list(key.values())[:_MOST]]
    last = _last_words(key)
    rows = math.ceil((len(named) + bool(last)) / _COLUMNS)
    width = (scale.right - scale.left) / _COLUMNS
    places = [
        (scale.left + (index // rows) * width, y + (index % rows) * _ROW + 12)
        for index in range(rows * _COLUMNS)
    ]
    for number, (piece, (x, line)) in enumerate(zip(named, places, strict=False), start=1):
        canvas.box(x, line - 12, 20, 15, colour_of(piece), radius=2)
        middle = x + 10, line - 0.5
        canvas.text(*middle, str(number), fill=NIGHT, size=10, anchor="middle", font_weight="600")
        artist = "" if last.startswith("all") else piece.artist
        _named(canvas, (x + 28, line), width - 36, piece.title, artist)
    if last:
        x, line = places[len(named)]
        canvas.text(x, line, fitted(last, 11, width - 8), fill=DIM, size=11)
    return y + rows * _ROW


def _last_words(key: Key) -> str:
    """Return the list's last entry: the number of further tracks, or their common artist."""
    artists = {artist for _, artist in key}
    if len(key) > _MOST:
        return f"and {len(key) - _MOST} more"
    return f"all by {artists.pop()}" if len(artists) == 1 and len(key) > 1 else ""


def _named(canvas: SvgCanvas, place: Point, room: float, title: str, artist: str) -> None:
    shown = fitted(title, 12, room)
    after = fitted(artist, 11, room - width_of(shown, 12) - 7)
    canvas.text(*place, shown, fill=SOFT, size=12, after=after)
