"""What several rows have in common: their names, their ground, their words."""

from typing import Final

from kacenv.plot.arc import Arc
from kacenv.plot.palette import DIM, GROUND
from kacenv.plot.scale import Scale
from kacenv.plot.sheet import Sheet

GAP: Final = 2.0
"""Pixels between two phases."""


def row_name(sheet: Sheet, scale: Scale, y: float, name: str) -> None:
    """What a row is about, to its left."""
    sheet.text(scale.left - 16, y, name, fill=DIM, size=12, anchor="end")


def ground(sheet: Sheet, scale: Scale, arc: Arc, y: float, height: float) -> None:
    """What a row is drawn on: a field for each phase."""
    for phase in arc.phases:
        width = scale.span(phase.end - phase.begin) - GAP
        sheet.box(scale.x(phase.begin), y, width, height, GROUND)


def decibels(level: float) -> str:
    """A level with a true minus sign."""
    return f"{level:+.3g} dB".replace("-", "\N{MINUS SIGN}") if round(level, 1) else "0 dB"
