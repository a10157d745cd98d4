"""Session record as one HTML file: no script, no external resource, printable."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from typing import Any, Final, NamedTuple

from kacenv.core.plain_text import cleaned_line
from kacenv.core.units import format_brief, format_clock, format_seconds
from kacenv.rehearsal.plot import draw
from kacenv.session.records.builder import RecordBundle
from kacenv.session.records.record_text import answer, by_hand, difference, summary, timing_lines
from kacenv.session.records.session_record import (
    AwayRow,
    CheckInRow,
    PhaseRow,
    PieceRow,
    PressRow,
    SeatRow,
    SessionRecord,
    Span,
    ToldRow,
)
from kacenv.system.timestamps import day_in_words

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #2a211b; --soft: #6b5c50; --paper: #fffdfa;
  --line: #e4d9cd; --shade: #f6efe7; }
@media (prefers-color-scheme: dark) { :root { --ink: #f4e7d6; --soft: #b3a294; --paper: #15100d;
  --line: #332a23; --shade: #1e1814; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 76rem; color: var(--ink);
  background: var(--paper); line-height: 1.5;
  font-family: Inter, "Segoe UI", "Helvetica Neue", "DejaVu Sans", Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem; }
p { margin: .3rem 0; max-width: 60rem; }
.soft { color: var(--soft); }
figure { margin: 1.5rem 0 0; overflow-x: auto; }
figure svg { display: block; width: 100%; min-width: 44rem; height: auto; border-radius: .5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
thead th { color: var(--soft); font-weight: 500; }
tbody th { font-weight: 600; }
td.time, th.time { white-space: nowrap; }
ul { margin: .3rem 0; padding-left: 1.2rem; }
@page { size: A4; margin: 14mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --line: #ccc; }
  body { padding: 0; max-width: none; font-size: 9.5pt; }
  figure, .wide { overflow: visible; }
  figure svg { min-width: 0; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h2 { break-after: avoid; margin-top: 1.4rem; }
  tr, figure { break-inside: avoid; }
  thead { display: table-header-group; }
}
"""
_SEAL: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_SEAL}'; base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy of the page: its own style, and nothing else."""
Row = Sequence[str]


def page_of(bundle: RecordBundle) -> str:
    """Return the record as HTML that is well-formed XML, too."""
    record = bundle.record
    title = f"{record.scene}, {record.room}, {day_in_words(record.date)}"
    return "\n".join(
        (
            "<!DOCTYPE html>",
            '<html lang="en"><head><meta charset="utf-8"/>',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}"/>',
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
            '<meta name="referrer" content="no-referrer"/>',
            f"<title>{_text(title)}</title>",
            f"<style>{_STYLE}</style></head>",
            "<body><main>",
            *_head(record),
            *_picture(bundle),
            *_tables(record),
            *_closing(record),
            "</main></body></html>\n",
        )
    )


def _head(record: SessionRecord) -> Iterator[str]:
    yield f"<h1>{_text(record.scene)}</h1>"
    day, until = day_in_words(record.date), day_in_words(record.kept_until)
    place = f"Room {record.room}, {day}, session {record.id}. Kept until {until} at the latest."
    yield f'<p class="soft">{_text(place)}</p>'
    yield f"<p>{_text(summary(record))}</p>"


def _picture(bundle: RecordBundle) -> Iterator[str]:
    planned, real = bundle.planned, bundle.real
    words = f"planned: {format_seconds(planned.length)}", f"real: {format_seconds(real.length)}"
    yield "<h2>The arc</h2>"
    yield f"<figure>{draw([planned, real], words)}</figure>"


class _Table(NamedTuple):
    """Table of the page: heading, columns, key of its rows in the record, and the cells of a row.

    A column with a star doesn't wrap.
    """

    name: str
    columns: Row
    rows: str
    row: Callable[[Any], Row]


def _phase(row: PhaseRow) -> Row:
    planned = _span(row.planned) if row.planned else ""
    real = "; ".join(map(_span, row.real))
    return row.name, planned, real, difference(row), by_hand(row)


def _piece(row: PieceRow) -> Row:
    heard, flowed = _span(row), format_brief(row.crossfade)
    return row.title, row.artist, heard, flowed, row.phase, row.licence


def _check_in(row: CheckInRow) -> Row:
    return row.prompt, format_clock(row.due), answer(row)


def _press(row: PressRow) -> Row:
    return format_clock(row.at), row.press, row.phase, row.reply


def _seat(row: SeatRow) -> Row:
    return f"Seat {row.seat.upper()}", format_clock(row.begin)


def _told(row: ToldRow) -> Row:
    return format_clock(row.at), row.text


def _away(row: AwayRow) -> Row:
    span = format_seconds(max(1.0, row.length)) + ("" if row.certain else ", or longer")
    return format_clock(row.begin), format_clock(row.end), span


_TABLES: Final = (
    _Table("Phases", ("phase", "*planned", "*real", "*difference", "by hand"), "phases", _phase),
    _Table(
        "Music", ("title", "artist", "*heard", "*flowed in", "phase", "licence"), "pieces", _piece
    ),
    _Table("Check-ins", ("check-in", "*due", "answer"), "check_ins", _check_in),
    _Table("Pressed", ("*time", "*press", "*phase", "answer"), "presses", _press),
    _Table("Seats", ("seat", "*began"), "seats", _seat),
    _Table("Told to staff", ("*time", "what"), "told", _told),
    _Table("Times away", ("*from", "*to", "for"), "away", _away),
)


def _tables(record: SessionRecord) -> Iterator[str]:
    for table in _TABLES:
        yield from _table(table.name, table.columns, map(table.row, getattr(record, table.rows)))


def _closing(record: SessionRecord) -> Iterator[str]:
    yield "<h2>Timing</h2>"
    yield "<ul>" + "".join(f"<li>{_text(line)}</li>" for line in timing_lines(record))
    yield "</ul>"
    yield (
        '<p class="soft">Times count from the beginning of the session. Nothing here is about the '
        f"people in the chairs. Written by {_text(record.made_by)}, which is no medical device.</p>"
    )


def _table(name: str, columns: Row, rows: Iterable[Row]) -> Iterator[str]:
    """Yield a table under its heading; nothing if it has no rows."""
    found = list(rows)
    if not found:
        return
    marks = [' class="time"' if column.startswith("*") else "" for column in columns]
    yield f'<h2>{_text(name)}</h2><div class="wide"><table><thead><tr>'
    for mark, column in zip(marks, columns, strict=True):
        yield f'<th scope="col"{mark}>{_text(column.removeprefix("*"))}</th>'
    yield "</tr></thead><tbody>"
    for first, *cells in found:
        yield f'<tr><th scope="row"{marks[0]}>{_text(first)}</th>'
        yield "".join(
            f"<td{mark}>{_text(cell)}</td>" for mark, cell in zip(marks[1:], cells, strict=True)
        )
        yield "</tr>"
    yield "</tbody></table></div>"


def _span(row: Span | PieceRow) -> str:
    return f"{format_clock(row.begin)}\N{EN DASH}{format_clock(row.end)}"


def _text(text: str) -> str:
    """Escape text for HTML."""
    return escape(cleaned_line(text))
