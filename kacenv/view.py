"""The room as a live picture in a terminal."""

import math
from collections.abc import Iterable
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from kacenv.units import format_clock
from kacenv.words import hand_lines

_ARC_WIDTH = 78
_LAMPS_A_ROW = 3
_METER_WIDTH = 40
_QUIETEST = -60.0
"""The meter's left end (dBFS)."""
_WARM, _DIM, _SOFT = "#e8a25c", "#6f6259", "#c9b8a8"
_DEFAULT_WHITE = 2700.0


def picture(status: dict[str, Any]) -> RenderableType:
    """A status, as the API gives it, drawn for a dim room."""
    session = status["session"]
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style=_DIM, justify="right")
    rows.add_column(style=_SOFT)
    if session["phase"] is not None:
        rows.add_row("phase", _phase(session))
        rows.add_row("session", _session(session))
        rows.add_row("playing", Text(_playing(session["playing"])))
    for name, meter in status["meters"].items():
        rows.add_row(name, _meter(*meter))
    if status["lamps"]:
        rows.add_row("lamps", _lamps(status["lamps"]))
    rows.add_row("next", Text(_next(session["next_check_in"])))
    for name, seat in session["seats"].items():
        rows.add_row(f"seat {name}", Text(f"{format_clock(status['at'] - seat['since'])} so far"))
    for due in session["due"]:
        waits = format_clock(status["at"] - due["since"])
        rows.add_row("due", Text(f"{due['prompt']} (for {waits})", f"bold {_WARM}"))
    for told in status["told"][-3:]:
        rows.add_row(format_clock(told["ago"]) + " ago", Text(told["text"]))
    for line in hand_lines(session):
        word, _, text = line.partition(" ")
        rows.add_row(word, Text(text.strip(), f"bold {_WARM}"))
    title = session["title"] or f"{status['room']}: no session is on"
    body = Group(_arc(session), Text(), rows)
    return Panel(
        body, title=Text(title), border_style=_DIM, subtitle=Text(status["sound"]), width=100
    )


def _arc(session: dict[str, Any]) -> Text:
    """The phases side by side, as wide as they are long."""
    arc = Text()
    total = sum(phase["duration"] for phase in session["phases"]) or 1.0
    for index, phase in enumerate(session["phases"]):
        width = max(len(phase["name"]) + 2, round(_ARC_WIDTH * phase["duration"] / total))
        here = index == session["phase"]
        style = f"bold black on {_WARM}" if here else f"{_SOFT} on #3a322c"
        arc.append(phase["name"].center(width), style)
        arc.append(" ")
    return arc


def _phase(session: dict[str, Any]) -> Text:
    name = session["phases"][session["phase"]]["name"]
    left = format_clock(session["phase_left"])
    held = "  holding" if session["mode"] == "held" else ""
    return Text.assemble((name, f"bold {_WARM}"), f"  {left} left{held}")


def _session(session: dict[str, Any]) -> str:
    return f"{format_clock(session['elapsed'])} so far, {format_clock(session['left'])} left"


def _playing(track: dict[str, Any] | None) -> str:
    if track is None:
        return "—"
    position, length = format_clock(track["position"]), format_clock(track["length"])
    return f"“{track['title']}”, {track['artist']}  {position} / {length}"


def _meter(rms: float, peak: float) -> Text:
    share = min(1.0, max(0.0, 1 - rms / _QUIETEST))
    lit = round(share * _METER_WIDTH)
    shown = f" {rms:5.1f} dB" if math.isfinite(rms) and rms > _QUIETEST else "  quiet"
    bar = Text("━" * lit, _WARM) + Text("━" * (_METER_WIDTH - lit), "#3a322c")
    return bar + Text(f"{shown}  peak {max(peak, _QUIETEST):5.1f}", _DIM)


def _lamps(lamps: dict[str, dict[str, Any]]) -> Table:
    grid = Table.grid(padding=(0, 3))
    cells = [_lamp(name, lamp) for name, lamp in lamps.items()]
    for start in range(0, len(cells), _LAMPS_A_ROW):
        grid.add_row(*cells[start : start + _LAMPS_A_ROW])
    return grid


def _lamp(name: str, lamp: dict[str, Any]) -> Text:
    red, green, blue = lamp_colour(lamp["level"], lamp["kelvin"])
    return Text.assemble(("██", f"#{red:02x}{green:02x}{blue:02x}"), f" {name} {lamp['level']:.0%}")


def _next(check_in: dict[str, Any] | None) -> str:
    if check_in is None:
        return "no check-in to come in this phase"
    due = check_in["due_in"]
    return f"{check_in['prompt']} " + (
        "after the hold" if due is None else f"in {format_clock(due)}"
    )


def lamp_colour(level: float, kelvin: float | None) -> tuple[int, int, int]:
    """Red, green and blue (0 to 255) of a lamp on a screen.

    The white follows Tanner Helland's fit to Mitchell Charity's blackbody table (2012), good
    from 1000 K to 6600 K. The level's square root lifts the dark end, so that on a lit screen a
    dim lamp can be told from one that is off.
    """
    hundreds = min(kelvin or _DEFAULT_WHITE, 6600.0) / 100
    green = 99.4708 * math.log(hundreds) - 161.1196
    blue = 138.5177 * math.log(hundreds - 10) - 305.0448 if hundreds > 19 else 0.0
    red, green, blue = (min(255.0, max(0.0, part)) * level**0.5 for part in (255.0, green, blue))
    return round(red), round(green), round(blue)


def plain_lines(before: dict[str, Any] | None, status: dict[str, Any]) -> Iterable[str]:
    """What has changed since `before`, for a log or a pipe."""
    session, earlier = status["session"], before["session"] if before else None
    clock = format_clock(session["elapsed"])
    if session["phase"] is not None and (not earlier or earlier["phase"] != session["phase"]):
        phase = session["phases"][session["phase"]]
        yield f"{clock}  {phase['name'].upper()}  for {format_clock(phase['duration'])}"
    title = session["playing"]["title"] if session["playing"] else None
    if title and (not earlier or not earlier["playing"] or earlier["playing"]["title"] != title):
        yield f"{clock}    music     “{title}”"
    known = len(before["told"]) if before else 0
    for told in status["told"][known:]:
        yield f"{clock}    {'check-in' if told['check_in'] else 'note':<9} {told['text']}"


def pulse_line(status: dict[str, Any]) -> str:
    """One line about the moment: sound and light."""
    sound = ", ".join(f"{name} {rms:.0f} dB" for name, (rms, _) in status["meters"].items())
    lamps = ", ".join(f"{name} {lamp['level']:.0%}" for name, lamp in status["lamps"].items())
    left = format_clock(status["session"]["phase_left"])
    return f"{format_clock(status['session']['elapsed'])}      {left} left | {sound} | {lamps}"
