"""Chart of sessions on one time axis, in characters of a terminal."""

from collections.abc import Iterator, Sequence
from typing import Final

from kacenv.core.units import Seconds, format_clock, format_seconds
from kacenv.model.look import Zone
from kacenv.rehearsal.plot import Arc
from kacenv.rehearsal.plot.light_rows import ZoneLight
from kacenv.rehearsal.plot.time_axis import TimeAxis

_WIDTH: Final = 84
_LABEL: Final = 10
_BARS: Final = " ▁▂▃▄▅▆▇█"
_QUIETEST: Final = -24.0
"""Loudness shown as nothing, in dB."""
_LETTERS_A_TICK: Final = 12


def overview_lines(arcs: Sequence[Arc]) -> Iterator[str]:
    """Yield an axis, and each session's phases, loudness, light and check-ins."""
    scale = TimeAxis(0, _WIDTH, Seconds(max(arc.length for arc in arcs)))
    yield " " * _LABEL + _axis(scale)
    for arc in arcs:
        yield ""
        planned, length = format_seconds(arc.planned), format_seconds(arc.length)
        yield f"{arc.title}: {planned} planned, {length} rehearsed"
        yield _row("phases", _phases(scale, arc))
        yield _row("loudness", _loudness(scale, arc))
        for zone in Zone:
            if any(look.zone is zone for look in arc.looks):
                yield _row(zone, _light(scale, arc, zone))
        yield _row("check-ins", _check_ins(scale, arc))
    if len(arcs) > 1:
        yield ""
        yield from _lengths(arcs)


def _row(name: str, letters: str) -> str:
    return f"{name:<{_LABEL}}{letters}".rstrip()


def _axis(scale: TimeAxis) -> str:
    line = [" "] * (_WIDTH + _LETTERS_A_TICK)
    for at in scale.ticks(_LETTERS_A_TICK):
        label = format_seconds(at) if at else "0"
        place = round(scale.x(at))
        line[place : place + len(label)] = label
    return "".join(line).rstrip()


def _phases(scale: TimeAxis, arc: Arc) -> str:
    line = [" "] * (_WIDTH + 1)
    for phase in arc.phases:
        begin, end = round(scale.x(phase.begin)), round(scale.x(phase.end))
        width = max(0, end - begin - 1)
        line[begin : begin + width + 1] = f"|{phase.name[:width]:·<{width}}"
    line[round(scale.x(arc.length))] = "|"
    return "".join(line)


def _moments(scale: TimeAxis, arc: Arc) -> Iterator[float]:
    """Yield the middle of each character's time, up to the session's end."""
    letter = scale.length / _WIDTH
    return ((place + 0.5) * letter for place in range(round(scale.span(arc.length))))


def _loudness(scale: TimeAxis, arc: Arc) -> str:
    return "".join(_bar(1 - arc.level_at(at) / _QUIETEST) for at in _moments(scale, arc))


def _light(scale: TimeAxis, arc: Arc, zone: Zone) -> str:
    light = ZoneLight(arc, zone)
    return "".join(_bar(light.level_at(at)) for at in _moments(scale, arc))


def _bar(share: float) -> str:
    """Return a bar for a share of 1; only 0 is blank."""
    if share <= 0:
        return _BARS[0]
    return _BARS[min(len(_BARS) - 1, max(1, round(share * (len(_BARS) - 1))))]


def _check_ins(scale: TimeAxis, arc: Arc) -> str:
    line = [" "] * (_WIDTH + 1)
    for mark in arc.check_ins():
        line[round(scale.x(mark.at))] = "!"
    return "".join(line)


def _lengths(arcs: Sequence[Arc]) -> Iterator[str]:
    """Yield the beginning of each phase in each session, phases of one name side by side."""
    names = list(dict.fromkeys(phase.name for arc in arcs for phase in arc.phases))
    width = max(len(name) for name in [*names, "phase"]) + 2
    titles = [arc.title[:26] for arc in arcs]
    yield f"{'begins':<{width}}" + "".join(f"{title:<28}" for title in titles).rstrip()
    for name in names:
        cells = "".join(f"{_cell(arc, name):<28}" for arc in arcs)
        yield f"{name:<{width}}{cells}".rstrip()


def _cell(arc: Arc, name: str) -> str:
    spans = [phase for phase in arc.phases if phase.name == name]
    if not spans:
        return "-"
    length = sum(phase.end - phase.begin for phase in spans)
    return f"{format_clock(spans[0].begin):>7} for {format_seconds(length)}"
