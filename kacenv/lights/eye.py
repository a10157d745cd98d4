"""Light as the eye sees it, and the numbers that lamps understand.

Levels are CIE 1976 lightness divided by 100 (CIE 15:2018, section 8.2.1): equal steps of level
look equally large, which equal steps of light don't.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kacenv.room import Dialect
from kacenv.units import Level

_LINEAR_SLOPE = 24389 / 27 / 100
_LINEAR_BELOW = 0.08


class Response(StrEnum):
    """How a lamp's light follows the number it is sent."""

    LIGHT = "light"
    """Twice the number is twice the light."""
    EYE = "eye"
    """The lamp has a dimming curve of its own: even steps of the number look even."""


RESPONSES: Mapping[Dialect, Response] = {
    # ESPHome corrects what it is sent (gamma 2.8 unless set otherwise).
    Dialect.HOME_ASSISTANT: Response.EYE,
    # Bulbs bring their maker's dimming curve; a second one would crush the dark end.
    Dialect.ZIGBEE2MQTT: Response.EYE,
    Dialect.ZIGBEE2MQTT_GROUP: Response.EYE,
    # Tasmota's LedTable is a gamma correction, and on unless switched off.
    Dialect.TASMOTA: Response.EYE,
    # WLED corrects its colours but, unless told to, not its brightness.
    Dialect.WLED: Response.LIGHT,
    # Mains dimmers bring their maker's dimming curve.
    Dialect.SHELLY: Response.EYE,
    Dialect.ZWAVE_JS: Response.EYE,
    # A bare dimmer passes its number on to the lamp.
    Dialect.PLAIN: Response.LIGHT,
}
"""The one place that decides which dialects' lamps still need a curve from us."""


def luminance(level: float) -> float:
    """The relative luminance Y (0 to 1) that is seen as `level` (0 to 1)."""
    if level <= _LINEAR_BELOW:
        return level / _LINEAR_SLOPE
    return ((level + 0.16) / 1.16) ** 3


def lightness(luminance: float) -> Level:
    """The level (0 to 1) as which the relative luminance Y (0 to 1) is seen."""
    if luminance <= _LINEAR_BELOW / _LINEAR_SLOPE:
        return Level(luminance * _LINEAR_SLOPE)
    return Level(round(1.16 * luminance ** (1 / 3) - 0.16, 12))


@dataclass(frozen=True, slots=True)
class Scale:
    """A lamp's whole numbers from 0 (off) to `full`."""

    full: int
    response: Response

    def units(self, level: float) -> int:
        """The number for `level`; only a level of 0 is off."""
        if level <= 0:
            return 0
        share = luminance(level) if self.response is Response.LIGHT else level
        return min(self.full, max(1, round(share * self.full)))

    def level(self, units: float) -> Level:
        """The level for a number, which is held between 0 and `full`."""
        share = min(max(units / self.full, 0.0), 1.0)
        return lightness(share) if self.response is Response.LIGHT else Level(share)
