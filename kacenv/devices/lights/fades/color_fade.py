"""Colour fades in Oklab, and the colour of a white.

Oklab is B. Ottosson's space (2020), in which equal distances look about equally large; the
whites are the Planckian locus as approximated by Kang et al. (2002) for 1,667 K to 25,000 K.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import dist

from kacenv.core.fades import Fade
from kacenv.core.units import Kelvin
from kacenv.model.look import Color

Vector = tuple[float, float, float]

_TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_FROM_CONES = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
_FROM_XYZ = (
    (3.2404542, -1.5371385, -0.4985314),
    (-0.9692660, 1.8760108, 0.0415560),
    (0.0556434, -0.2040259, 1.0572252),
)


@dataclass(frozen=True, slots=True)
class ColorFade:
    """Fade from `origin` to `target` over the time of `course`, whose values run from 0 to 1."""

    origin: Color
    target: Color
    course: Fade

    def at(self, time: float) -> Color:
        """Return the colour at `time`."""
        share = self.course.value_at(time)
        return _mixed(self.origin, self.target, share) if 0 < share < 1 else self._end(share)

    def _end(self, share: float) -> Color:
        return self.target if share >= 1 else self.origin


def distance(one: Color, other: Color) -> float:
    """Return the Oklab distance of two colours; red and blue are about 0.5 apart."""
    return dist(_oklab(one), _oklab(other))


def color_of(white: Kelvin) -> Color:
    """Return the sRGB colour of a white, as seen beside daylight."""
    x, y = _planckian(min(max(white, 1667.0), 25000.0))
    return _full(_times(_FROM_XYZ, (x / y, 1.0, (1 - x - y) / y)))


def _mixed(origin: Color, target: Color, share: float) -> Color:
    a, b = _oklab(origin), _oklab(target)
    lab = _vector(start + (end - start) * share for start, end in zip(a, b, strict=True))
    cones = _vector(part**3 for part in _times(_FROM_LAB, lab))
    return _full(_times(_FROM_CONES, cones))


def _oklab(color: Color) -> Vector:
    cones = _times(_TO_CONES, _vector(_linear(part / 255) for part in color))
    return _times(_TO_LAB, _vector(max(part, 0.0) ** (1 / 3) for part in cones))


def _full(linear: Vector) -> Color:
    """Convert linear RGB to a colour at full brightness; clip what is outside sRGB."""
    strongest = max(*linear, 1e-9)
    return Color(*(round(255 * _coded(max(part, 0.0) / strongest)) for part in linear))


def _planckian(white: float) -> tuple[float, float]:
    """Return the CIE 1931 chromaticity (x, y) of a black body at `white` kelvin."""
    k = 1000.0 / white
    if white <= 4000:
        x = -0.2661239 * k**3 - 0.2343589 * k**2 + 0.8776956 * k + 0.179910
    else:
        x = -3.0258469 * k**3 + 2.1070379 * k**2 + 0.2226347 * k + 0.240390
    if white <= 2222:
        return x, -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    if white <= 4000:
        return x, -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    return x, 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483


def _linear(coded: float) -> float:
    """Decode a channel by sRGB's transfer function, IEC 61966-2-1."""
    return coded / 12.92 if coded <= 0.04045 else ((coded + 0.055) / 1.055) ** 2.4


def _coded(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def _times(matrix: tuple[Vector, Vector, Vector], vector: Vector) -> Vector:
    return _vector(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def _vector(parts: Iterable[float]) -> Vector:
    first, second, third = parts
    return first, second, third
