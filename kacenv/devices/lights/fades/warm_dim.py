"""Warm dimming: the white gets warmer as the light dims, as a filament's does.

A filament at a share V of its voltage gives V^3.4 of its light at V^0.42 of its colour
temperature (the lamp rerating rules of the IES Lighting Handbook), so its white is
T = T_full * Y^(0.42 / 3.4) at the relative luminance Y.
"""

from kacenv.core.units import Kelvin, Level
from kacenv.devices.lights.fades.lightness import luminance

FULL_WHITE = Kelvin(3000.0)
"""White of a halogen lamp at full power: no filament in a home is cooler."""
_EXPONENT = 0.42 / 3.4


def warm_dim(level: Level, warmest: Kelvin, coolest: Kelvin) -> Kelvin:
    """Return the white at a lightness (0 to 1), clamped to `warmest` and `coolest`.

    At full level, 3000 K, or `coolest` if the lamp is warmer than that.
    """
    full = min(coolest, FULL_WHITE)
    return Kelvin(max(warmest, full * luminance(level) ** _EXPONENT))
