"""Perceived lightness, and lamps' brightness units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.devices.lights.fades.lightness import (
    DimmingCurve,
    DimmingScale,
    lightness,
    luminance,
)

LEVELS = st.floats(0.0, 1.0)


@pytest.mark.parametrize(
    ("level", "light"),
    [(0.0, 0.0), (0.08, 0.008856), (0.5, 0.184187), (0.75, 0.482781), (1.0, 1.0)],
)
def test_levels_are_cie_lightness(level: float, light: float) -> None:
    """Known pairs of L* and Y come out right: mid lightness is 18.4 % of the light."""
    assert luminance(level) == pytest.approx(light, abs=1e-6)
    assert lightness(light) == pytest.approx(level, abs=1e-4)


@given(LEVELS)
def test_lightness_undoes_luminance(level: float) -> None:
    """There and back is where it began."""
    assert lightness(luminance(level)) == pytest.approx(level, abs=1e-9)


@given(LEVELS, LEVELS, st.sampled_from(DimmingCurve), st.integers(1, 65535))
def test_a_higher_level_is_never_a_lower_number(
    one: float, other: float, response: DimmingCurve, full: int
) -> None:
    """Numbers follow levels, and stay between 0 and full."""
    low, high = sorted((one, other))
    scale = DimmingScale(full, response)
    assert 0 <= scale.units(low) <= scale.units(high) <= full


@given(st.integers(0, 65535), st.sampled_from(DimmingCurve))
def test_a_number_survives_its_level(units: int, response: DimmingCurve) -> None:
    """A reported number is the same number when it is sent back."""
    scale = DimmingScale(65535, response)
    assert scale.units(scale.level(units)) == units


@given(st.floats(1e-9, 1.0), st.sampled_from(DimmingCurve), st.integers(1, 65535))
def test_only_off_is_off(level: float, response: DimmingCurve, full: int) -> None:
    """The faintest level keeps a lamp lit."""
    assert DimmingScale(full, response).units(level) >= 1
