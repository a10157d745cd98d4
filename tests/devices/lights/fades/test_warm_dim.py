"""White that gets warmer as it dims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.units import Kelvin, Level
from kacenv.devices.lights.fades.lightness import lightness
from kacenv.devices.lights.fades.warm_dim import warm_dim

WARMEST, COOLEST = Kelvin(1800.0), Kelvin(6500.0)


@pytest.mark.parametrize(
    ("light", "kelvin"),
    [(1.0, 3000.0), (0.5, 2753.9), (0.1, 2257.3), (0.02, 1850.3), (0.0, 1800.0)],
)
def test_white_follows_a_filament(light: float, kelvin: float) -> None:
    """At a tenth of its light a filament has three quarters of its colour temperature."""
    assert warm_dim(lightness(light), WARMEST, COOLEST) == pytest.approx(kelvin, abs=0.1)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(1000, 10000), st.floats(1000, 10000))
def test_less_light_is_never_cooler(one: float, other: float, white: float, second: float) -> None:
    """And never beyond what the lamp can show."""
    warmest, coolest = sorted((Kelvin(white), Kelvin(second)))
    dark, light = (warm_dim(Level(level), warmest, coolest) for level in sorted((one, other)))
    assert warmest <= dark <= light <= coolest
