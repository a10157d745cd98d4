"""Session record as text for the terminal, and the music alone for the people who heard it."""

from collections.abc import Iterator, Sequence

from kacenv.core.plain_text import credited
from kacenv.core.units import format_clock, format_seconds
from kacenv.session.dropout_tally import dropout_length
from kacenv.session.records.session_record import CheckInRow, DropoutRow, PhaseRow, SessionRecord
from kacenv.system.timestamps import day_in_words

OUTCOMES = {
    "whole": "It ran to its end.",
    "early": "It came home early.",
    "stopped": "It was stopped.",
    "broke off": "It broke off, and was not carried on.",
}


def record_lines(record: SessionRecord) -> Iterator[str]:
    """Yield the record as lines of text."""
    yield f"{record.scene}, in {record.room} on {day_in_words(record.date)} ({record.id})"
    yield f"{summary(record)} Kept until {day_in_words(record.kept_until)} at the latest."
    yield from _part("Phases", map(_phase, record.phases))
    yield from _part("Music", _music(record))
    yield from _part("Pressed", (f"{_at(one.at)}  {one.press}" for one in record.presses))
    yield from _part("Check-ins", map(_check_in, record.check_ins))
    yield from _part("Told", (f"{_at(one.at)}  {one.text}" for one in record.told))
    yield from _part("Timing", timing_lines(record))


def summary(record: SessionRecord) -> str:
    """Return a summary in a sentence or two."""
    planned, real = format_seconds(record.planned_length), format_seconds(record.length)
    text = f"{planned} planned, {real} in all. {OUTCOMES[record.outcome]}"
    if record.away:
        away = sum(one.length for one in record.away)
        text += f" The room was away for {format_seconds(max(1.0, away))} of it."
    if record.lost_lines:
        lines = "line" if record.lost_lines == 1 else "lines"
        text += f" {record.lost_lines} {lines} of its journal can't be read; something is missing."
    return text


def music_lines(record: SessionRecord) -> Iterator[str]:
    """Yield titles and artists in order, each once."""
    seen = dict.fromkeys((one.title, one.artist) for one in record.pieces)
    return (credited(title, artist) for title, artist in seen)


def music_text(record: SessionRecord) -> str:
    """Return the list of music as a text file."""
    return "".join(f"{line}\n" for line in music_lines(record))


def timing_lines(record: SessionRecord) -> Iterator[str]:
    """Yield the lateness of the room, and its silences, in words."""
    timing = record.timing
    if timing.half is not None and timing.nearly_all is not None and timing.latest is not None:
        yield (
            f"Orders of the plan: {timing.orders}; half of them within {_short(timing.half)},"
            f" 99 of 100 within {_short(timing.nearly_all)}, the latest {_short(timing.latest)}"
            " after the engine's time (which is 200 ms before the room's)."
        )
    yield f"Decoders fell behind {timing.underruns} times."
    if timing.longest_silence >= 1.0:
        yield f"The longest silence nobody asked for: {format_seconds(timing.longest_silence)}."
    elif not record.dropouts:
        yield "No silence that nobody asked for."
    if record.dropouts:
        yield _dropouts_line(record.dropouts)


def _dropouts_line(dropouts: Sequence[DropoutRow]) -> str:
    longest = max(dropouts, key=lambda one: one.length)
    span, at = dropout_length(longest.length), format_clock(longest.begin)
    if len(dropouts) == 1:
        return f"The sound device ran dry once, at {at}, for about {span}."
    return f"The sound device ran dry {len(dropouts)} times; the longest, at {at}, about {span}."


def difference(row: PhaseRow) -> str:
    """Return a phase's deviation from its planned length in words."""
    if row.difference is None:
        return "left out"
    if abs(row.difference) < 0.5:
        return "as planned"
    sign = "+" if row.difference > 0 else "\N{MINUS SIGN}"
    return f"{sign}{format_seconds(abs(row.difference))}"


def by_hand(row: PhaseRow) -> str:
    """Return the manual changes of a phase's length in words."""
    parts = []
    if row.held >= 0.5:
        parts.append(f"held {format_seconds(row.held)}")
    if abs(row.extended) >= 0.5:
        word = "extended" if row.extended > 0 else "shortened"
        parts.append(f"{word} {format_seconds(abs(row.extended))}")
    if len(row.real) > 1:
        parts.append(f"{len(row.real)} times")
    return ", ".join(parts)


def answer(row: CheckInRow) -> str:
    """Return the outcome of a check-in in words."""
    snoozed = f", put off {row.snoozed} times" if row.snoozed > 1 else ", put off once"
    more = snoozed if row.snoozed else ""
    if row.answered is None:
        return f"not answered{more}"
    word = "done" if row.outcome == "done" else "let pass"
    return f"{word} after {format_clock(row.answered - row.due)}{more}"


def _part(name: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield name
        yield from (f"  {line}" for line in found)


def _phase(row: PhaseRow) -> str:
    planned = f"{_at(row.planned.begin)} to {_at(row.planned.end)}" if row.planned else ""
    real = "; ".join(f"{_at(one.begin)} to {_at(one.end)}" for one in row.real) or "left out"
    change = difference(row) if row.real else ""
    line = f"{row.name:12}  {planned}, was {real}  {change}  {by_hand(row)}"
    return line.rstrip()


def _music(record: SessionRecord) -> Iterator[str]:
    for one in record.pieces:
        licence = f" ({one.licence})" if one.licence else ""
        piece = credited(f"“{one.title}”", one.artist)
        yield f"{_at(one.begin)} to {_at(one.end)}  {piece}{licence}"


def _check_in(row: CheckInRow) -> str:
    return f"{_at(row.due)}  {row.prompt}: {answer(row)}"


def _at(moment: float) -> str:
    return f"{format_clock(moment):>7}"


def _short(span: float) -> str:
    return f"{1000 * span:.3g} ms" if span < 1.0 else format_seconds(span)
