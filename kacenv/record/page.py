"""The record as one HTML file: no script, nothing from elsewhere, made to be printed, too."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from kacenv.plot import draw
from kacenv.record.gather import Account
from kacenv.record.model import SessionRecord
from kacenv.record.words import answer, by_hand, difference, summary, timing_lines
from kacenv.stamp import day_in_words
from kacenv.units import format_clock, format_seconds

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
"""What a browser may do with the page: show it, in its own style."""
Row = Sequence[str]


def page_of(account: Account) -> str:
    """The record of a session as a file for browsers; well-formed XML, too."""
    record = account.record
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
            *_picture(account),
            *_tables(record),
            "</main></body></html>\n",
        )
    )


def _head(record: SessionRecord) -> Iterator[str]:
    yield f"<h1>{_text(record.scene)}</h1>"
    day, until = day_in_words(record.date), day_in_words(record.kept_until)
    place = f"Room {record.room}, {day}, session {record.id}. Kept until {until}."
    yield f'<p class="soft">{_text(place)}</p>'
    yield f"<p>{_text(summary(record))}</p>"


def _picture(account: Account) -> Iterator[str]:
    planned, real = account.planned, account.real
    words = f"planned: {format_seconds(planned.length)}", f"real: {format_seconds(real.length)}"
    yield "<h2>The arc</h2>"
    yield f"<figure>{draw([planned, real], words)}</figure>"


def _tables(record: SessionRecord) -> Iterator[str]:
    yield from _table(
        "Phases",
        ("phase", "*planned", "*real", "*difference", "by hand"),
        (
            (
                row.name,
                _span(row.planned.begin, row.planned.end) if row.planned else "",
                "; ".join(_span(one.begin, one.end) for one in row.real),
                difference(row),
                by_hand(row),
            )
            for row in record.phases
        ),
    )
    yield from _table(
        "Music",
        ("title", "artist", "*heard", "*flowed in", "phase", "licence"),
        (
            (
                one.title,
                one.artist,
                _span(one.begin, one.end),
                format_seconds(one.crossfade),
                one.phase,
                one.licence,
            )
            for one in record.pieces
        ),
    )
    yield from _table(
        "Check-ins",
        ("check-in", "*due", "answer"),
        ((one.prompt, format_clock(one.due), answer(one)) for one in record.check_ins),
    )
    yield from _table(
        "Pressed",
        ("*time", "*press", "*phase", "answer"),
        ((format_clock(one.at), one.press, one.phase, one.reply) for one in record.presses),
    )
    yield from _table(
        "Seats",
        ("seat", "*began"),
        ((f"Seat {one.seat.upper()}", format_clock(one.begin)) for one in record.seats),
    )
    yield from _table(
        "Told to staff",
        ("*time", "what"),
        ((format_clock(one.at), one.text) for one in record.told),
    )
    yield from _table(
        "Times away",
        ("*from", "*to", "for"),
        (
            (
                format_clock(one.begin),
                format_clock(one.end),
                format_seconds(max(1.0, one.length)) + ("" if one.certain else ", or longer"),
            )
            for one in record.away
        ),
    )
    yield "<h2>Timing</h2>"
    yield "<ul>" + "".join(f"<li>{_text(line)}</li>" for line in timing_lines(record.timing))
    yield "</ul>"
    yield (
        '<p class="soft">Times count from the beginning of the session. Nothing here is about the '
        f"people in the chairs. Written by {_text(record.made_by)}, which is no medical device.</p>"
    )


def _table(name: str, columns: Row, rows: Iterable[Row]) -> Iterator[str]:
    """A table under its heading; none where nothing is in it. A starred column doesn't wrap."""
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


def _span(begin: float, end: float) -> str:
    return f"{format_clock(begin)}\N{EN DASH}{format_clock(end)}"


def _text(text: str) -> str:
    """Text that is nothing but text: control characters, too, have no place in a page."""
    return escape("".join(sign if sign.isprintable() else " " for sign in text))
