"""Colours of lamps' light for screens."""

import math

from kacenv.core.units import Kelvin
from kacenv.devices.lights.fades.color_fade import color_of
from kacenv.devices.lights.fades.lightness import luminance
from kacenv.model.look import Setting

Light = tuple[float, float, float]
"""Red, green and blue in linear sRGB; a lamp at full level has 1 as its strongest part."""


def light_of(setting: Setting, own_white: float) -> Light:
    """Return the colour of a setting at full brightness; `own_white` is in kelvin."""
    white = setting.kelvin if setting.kelvin is not None else Kelvin(own_white)
    color = setting.color if setting.color is not None else color_of(white)
    red, green, blue = (_linear(part / 255) for part in color)
    return red, green, blue


def shown(light: Light, level: float) -> str:
    """Return `light` at a perceived `level` (0 to 1) as an SVG colour."""
    share = luminance(level)
    parts = (round(255 * _encoded(part * share)) for part in light)
    return "#" + "".join(f"{part:02x}" for part in parts)


def _linear(part: float) -> float:
    """Convert a component of sRGB to linear light (IEC 61966-2-1)."""
    return part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4)


def _encoded(light: float) -> float:
    part = 12.92 * light if light <= 0.0031308 else 1.055 * math.pow(light, 1 / 2.4) - 0.055
    return min(1.0, part)
