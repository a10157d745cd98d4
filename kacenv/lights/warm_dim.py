"""Warm dimming: white that gets warmer as it dims, as a filament does.

A filament at a share V of its voltage gives V^3.4 of its light at V^0.42 of its colour
temperature (the lamp rerating rules of the IES Lighting Handbook), so its white is
T = T_full * Y^(0.42 / 3.4) at the relative luminance Y.
"""

from kacenv.lights.eye import luminance
from kacenv.units import Kelvin, Level

FULL_WHITE = Kelvin(3000.0)
"""A halogen lamp at full: no filament in a home is cooler."""
_EXPONENT = 0.42 / 3.4


def warm_dim(level: Level, warmest: Kelvin, coolest: Kelvin) -> Kelvin:
    """The white at `level` (0 to 1, as the eye sees it), held between `warmest` and `coolest`.

    At full it is 3000 K, or `coolest` where the lamp is warmer than that.
    """
    full = min(coolest, FULL_WHITE)
    return Kelvin(max(warmest, full * luminance(level) ** _EXPONENT))
