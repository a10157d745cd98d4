"""Colour conversions: RGB, chromaticity, hue and saturation; always at full brightness.

Chromaticities are CIE 1931 x and y; the matrices are those of sRGB (IEC 61966-2-1, annex F).
Hue and saturation are those of HSV.
"""

import colorsys
from collections.abc import Sequence

from kacenv.devices.lights.dialects.payloads import within
from kacenv.model.look import Color

_TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
_FROM_XYZ = ((3.2406, -1.5372, -0.4986), (-0.9689, 1.8758, 0.0415), (0.0557, -0.2040, 1.0570))
_Triple = tuple[float, float, float]


def from_parts(parts: object) -> Color | None:
    """Return red, green and blue (0 to 255) brightened to full; None for anything else."""
    if not isinstance(parts, Sequence) or len(parts) != 3:
        return None
    numbers = [number for part in parts if (number := within(part, 255)) is not None]
    return _at_full(numbers) if len(numbers) == 3 and max(numbers) > 0 else None


def _at_full(parts: Sequence[float]) -> Color:
    brightest = max(parts)
    red, green, blue = (round(part / brightest * 255) for part in parts)
    return Color(red, green, blue)


def to_xy(color: Color) -> tuple[float, float]:
    """Return the chromaticity (x, y) of a colour."""
    linear = [_linear(part / 255) for part in color]
    x, y, z = _through(_TO_XYZ, linear)
    return x / (x + y + z), y / (x + y + z)


def from_xy(x: float, y: float) -> Color | None:
    """Return the colour of a chromaticity, or the nearest in sRGB; None if it is invalid."""
    if y <= 0.01 or x < 0 or x + y > 1:
        return None
    linear = _through(_FROM_XYZ, (x / y, 1.0, (1 - x - y) / y))
    brightest = max(linear)
    return _at_full([_encoded(max(part, 0.0) / brightest) for part in linear])


def _through(matrix: tuple[_Triple, _Triple, _Triple], vector: Sequence[float]) -> _Triple:
    first, second, third = (
        sum(weight * part for weight, part in zip(row, vector, strict=True)) for row in matrix
    )
    return first, second, third


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _encoded(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)


def to_hue(color: Color) -> tuple[float, float]:
    """Return hue in degrees (0 to 360) and saturation in percent."""
    hue, saturation, _ = colorsys.rgb_to_hsv(*(part / 255 for part in color))
    return hue * 360, saturation * 100


def from_hue(hue: float, saturation: float) -> Color:
    """Return the colour of a hue in degrees and a saturation in percent."""
    return _at_full(colorsys.hsv_to_rgb(hue / 360, saturation / 100, 1.0))
