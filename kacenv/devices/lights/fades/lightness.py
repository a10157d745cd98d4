"""Perceived lightness, and its conversion to and from lamps' brightness units.

Levels are CIE 1976 lightness divided by 100 (CIE 15:2018, section 8.2.1): equal steps of level
look equally large, which equal steps of light don't.
"""

from dataclasses import dataclass
from enum import StrEnum

from kacenv.core.units import Level

_LINEAR_SLOPE = 24389 / 27 / 100
_LINEAR_BELOW = 0.08


class DimmingCurve(StrEnum):
    """Relation of a lamp's light output to the number it is sent."""

    LIGHT = "light"
    """Linear: twice the number is twice the light."""
    EYE = "eye"
    """Perceptual: the lamp applies a dimming curve, so even steps of the number look even."""


def luminance(level: float) -> float:
    """Return the relative luminance Y (0 to 1) of a lightness (0 to 1)."""
    if level <= _LINEAR_BELOW:
        return level / _LINEAR_SLOPE
    return ((level + 0.16) / 1.16) ** 3


def lightness(luminance: float) -> Level:
    """Return the lightness (0 to 1) of a relative luminance Y (0 to 1)."""
    if luminance <= _LINEAR_BELOW / _LINEAR_SLOPE:
        return Level(luminance * _LINEAR_SLOPE)
    return Level(round(1.16 * luminance ** (1 / 3) - 0.16, 12))


@dataclass(frozen=True, slots=True)
class DimmingScale:
    """Integer brightness scale of a lamp, from 0 (off) to `full`; below `least` it may go out."""

    full: int
    response: DimmingCurve
    least: int = 1

    @property
    def coarsest(self) -> float:
        """Return a bound of the difference between two levels that are one unit apart.

        A step is largest in the dark, and either level may be half a unit off.
        """
        steepest = _LINEAR_SLOPE if self.response is DimmingCurve.LIGHT else 1.0
        return steepest * (self.least + 2) / self.full

    def units(self, level: float) -> int:
        """Return the brightness units of `level`; 0 only if `level` is 0."""
        if level <= 0:
            return 0
        share = luminance(level) if self.response is DimmingCurve.LIGHT else level
        return min(self.full, max(self.least, round(share * self.full)))

    def level(self, units: float) -> Level:
        """Return the level of a number of units, clamped to 0 and `full`."""
        share = min(max(units / self.full, 0.0), 1.0)
        return lightness(share) if self.response is DimmingCurve.LIGHT else Level(share)
