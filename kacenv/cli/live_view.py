"""Live view of a room for terminals."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from kacenv.cli.status_text import asked, hand_lines, when
from kacenv.core.plain_text import cleaned_tree, credited
from kacenv.core.units import format_clock

_WIDTH = 100
_MARGINS = 12
"""Width of the frame and the labels."""
_LAMPS_A_ROW, _LAMP_WIDTH = 3, 24
_METER_WIDTH = 40
_QUIETEST = -60.0
"""Left end of the meter (dBFS)."""
_WARM, _DIM, _SOFT = "#e8a25c", "#6f6259", "#c9b8a8"
_DEFAULT_WHITE = 2700.0
_SAME = 0.5
"""Tolerance of a message's time, within which it counts as the same (seconds)."""


def picture(
    status: dict[str, Any], width: int = _WIDTH, worded: Callable[[str], str] = str
) -> RenderableType:
    """Render a status of the API for a dark room, at most `width` characters wide.

    A live event works as well, without meters. `worded` words the therapist's changes of the sound
    and how to undo them.
    """
    status = cleaned_tree(status)
    session = status["session"]
    width = min(width, _WIDTH)
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style=_DIM, justify="right", no_wrap=True)
    rows.add_column(style=_SOFT)
    for label, content in _rows(status, (width - _MARGINS) // _LAMP_WIDTH, worded):
        rows.add_row(label, content)
    title = session["title"] or f"{status['room']}: no session is on"
    body = Group(_arc(session, width - _MARGINS), Text(), rows)
    return Panel(
        body, title=Text(title), border_style=_DIM, subtitle=Text(status["sound"]), width=width
    )


def _rows(
    status: dict[str, Any], lamps_a_row: int, worded: Callable[[str], str]
) -> Iterator[tuple[str, RenderableType]]:
    session = status["session"]
    if session["phase"] is not None:
        yield "phase", _phase(session)
        yield "session", Text(_session(session))
        yield "playing", Text(_playing(session["playing"], session.get("up_next")))
    for name, meter in status.get("meters", {}).items():
        yield name, _meter(*meter)
    if status["lamps"]:
        yield "lamps", _lamps(status["lamps"], min(_LAMPS_A_ROW, max(1, lamps_a_row)))
    yield "next", Text(_next(session["next_check_in"]))
    yield from _staff_rows(status)
    for told in status["told"][-3:]:
        yield format_clock(told["ago"]) + " ago", Text(told["text"])
    for line in hand_lines(session):
        word, _, text = line.partition(" ")
        yield word, Text(worded(text.strip()), f"bold {_WARM}")
    for part, trouble in status.get("health", {}).items():
        if trouble:
            yield part, Text(trouble, f"bold {_WARM}")


def _staff_rows(status: dict[str, Any]) -> Iterator[tuple[str, Text]]:
    """Yield the seats' clocks, and the check-ins that are due or snoozed."""
    session, now = status["session"], status["at"]
    for name, seat in session["seats"].items():
        coming = ""
        if seat["next_prompt"]:
            coming = f"; {seat['next_prompt']} in {format_clock(seat['next_at'] - now)}"
        yield f"seat {name}", Text(f"{format_clock(now - seat['since'])} so far{coming}")
    for due in session["due"]:
        waits = format_clock(now - due["since"])
        yield "due", Text(f"{asked(due)} (for {waits})", f"bold {_WARM}")
    for due in session["snoozed"]:
        again = when(None if due["again"] is None else due["again"] - now)
        yield "snoozed", Text(f"{asked(due)}, again {again}")


def _arc(session: dict[str, Any], space: int) -> Text:
    """Draw the phases side by side, longer ones wider; names are whole where all of them fit."""
    arc = Text(no_wrap=True)
    phases = session["phases"]
    for index, (phase, width) in enumerate(zip(phases, _widths(phases, space), strict=True)):
        style = f"bold black on {_WARM}" if index == session["phase"] else f"{_SOFT} on #3a322c"
        arc.append(phase["name"][:width].center(width), style)
        arc.append(" ")
    return arc


def _widths(phases: list[dict[str, Any]], space: int) -> list[int]:
    """Return the phases' widths, without the column between two of them."""
    total = sum(phase["duration"] for phase in phases) or 1.0
    shares = [max(1, int(space * phase["duration"] / total) - 1) for phase in phases]
    for margin in (2, 0):
        widths = [len(phase["name"]) + margin for phase in phases]
        spare = space - sum(widths) - len(widths)
        if spare >= 0:
            wishes = [max(0, share - width) for share, width in zip(shares, widths, strict=True)]
            part = min(1.0, spare / (sum(wishes) or 1))
            return [width + int(part * wish) for width, wish in zip(widths, wishes, strict=True)]
    return shares


def _phase(session: dict[str, Any]) -> Text:
    name = session["phases"][session["phase"]]["name"]
    left = format_clock(session["phase_left"])
    held = "  holding" if session["mode"] == "held" else ""
    return Text.assemble((name, f"bold {_WARM}"), f"  {left} left{held}")


def _session(session: dict[str, Any]) -> str:
    return f"{format_clock(session['elapsed'])} so far, {format_clock(session['left'])} left"


def _playing(track: dict[str, Any] | None, up_next: str | None) -> str:
    if track is None:
        return "—"
    position, length = format_clock(track["position"]), format_clock(track["length"])
    then = f"; then “{up_next}”" if up_next else ""
    piece = credited(f"“{track['title']}”", track["artist"])
    return f"{piece}  {position} / {length}{then}"


def _meter(rms: float, peak: float) -> Text:
    share = min(1.0, max(0.0, 1 - rms / _QUIETEST))
    lit = round(share * _METER_WIDTH)
    shown = f" {rms:5.1f} dB" if math.isfinite(rms) and rms > _QUIETEST else "  quiet"
    bar = Text("━" * lit, _WARM) + Text("━" * (_METER_WIDTH - lit), "#3a322c")
    return bar + Text(f"{shown}  peak {max(peak, _QUIETEST):5.1f}", _DIM)


def _lamps(lamps: dict[str, dict[str, Any]], a_row: int) -> Table:
    grid = Table.grid(padding=(0, 3))
    cells = [_lamp(name, lamp) for name, lamp in lamps.items()]
    for start in range(0, len(cells), a_row):
        grid.add_row(*cells[start : start + a_row])
    return grid


def _lamp(name: str, lamp: dict[str, Any]) -> Text:
    red, green, blue = lamp_colour(lamp["level"], lamp["kelvin"])
    return Text.assemble(("██", f"#{red:02x}{green:02x}{blue:02x}"), f" {name} {lamp['level']:.0%}")


def _next(check_in: dict[str, Any] | None) -> str:
    if check_in is None:
        return "no check-in to come in this phase"
    return f"{asked(check_in)} {when(check_in['due_in'])}"


def lamp_colour(level: float, kelvin: float | None) -> tuple[int, int, int]:
    """Return red, green and blue (0 to 255) of a lamp on a screen.

    The white follows Tanner Helland's fit to Mitchell Charity's blackbody table (2012), good
    from 1000 K to 6600 K. The square root of the level lifts the dark end, so that on a lit screen
    a dim lamp can be told from one that is off.
    """
    hundreds = min(kelvin or _DEFAULT_WHITE, 6600.0) / 100
    green = 99.4708 * math.log(hundreds) - 161.1196
    blue = 138.5177 * math.log(hundreds - 10) - 305.0448 if hundreds > 19 else 0.0
    red, green, blue = (min(255.0, max(0.0, part)) * level**0.5 for part in (255.0, green, blue))
    return round(red), round(green), round(blue)


def plain_lines(before: dict[str, Any] | None, status: dict[str, Any]) -> Iterable[str]:
    """Yield the changes since `before`, for a log or a pipe."""
    status, before = cleaned_tree(status), cleaned_tree(before)
    session, earlier = status["session"], before["session"] if before else None
    clock = format_clock(session["elapsed"])
    if session["phase"] is not None and (not earlier or earlier["phase"] != session["phase"]):
        phase = session["phases"][session["phase"]]
        yield f"{clock}  {phase['name'].upper()}  for {format_clock(phase['duration'])}"
    title = session["playing"]["title"] if session["playing"] else None
    if title and (not earlier or not earlier["playing"] or earlier["playing"]["title"] != title):
        yield f"{clock}    music     “{title}”"
    for name in session["seats"]:
        if earlier and name not in earlier["seats"]:
            yield f"{clock}    seat      {name.upper()} has begun"
    for told in _news(before, status):
        yield f"{clock}    {'check-in' if told['check_in'] else 'note':<9} {told['text']}"


def _news(before: dict[str, Any] | None, status: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the messages since `before`; either list may have lost its oldest."""
    known = [] if before is None else [(t["text"], before["at"] - t["ago"]) for t in before["told"]]
    for told in status["told"]:
        at = status["at"] - told["ago"]
        if not any(told["text"] == text and abs(at - then) < _SAME for text, then in known):
            yield told


def pulse_line(status: dict[str, Any]) -> str:
    """Return one line on sound and light at this time."""
    sound = ", ".join(f"{name} {rms:.0f} dB" for name, (rms, _) in status["meters"].items())
    lamps = ", ".join(f"{name} {lamp['level']:.0%}" for name, lamp in status["lamps"].items())
    left = format_clock(status["session"]["phase_left"])
    return f"{format_clock(status['session']['elapsed'])}      {left} left | {sound} | {lamps}"
