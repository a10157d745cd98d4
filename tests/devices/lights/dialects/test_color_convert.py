"""Colours, there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.devices.lights.dialects.color_convert import (
    from_hue,
    from_parts,
    from_xy,
    to_hue,
    to_xy,
)
from kacenv.model.look import Color

PARTS = st.lists(st.integers(0, 255), min_size=3, max_size=3).filter(any)


def test_primaries_are_where_the_standard_has_them() -> None:
    """Red, green and blue of sRGB, and its white."""
    assert to_xy(Color(255, 0, 0)) == pytest.approx((0.64, 0.33), abs=1e-3)
    assert to_xy(Color(0, 255, 0)) == pytest.approx((0.30, 0.60), abs=1e-3)
    assert to_xy(Color(0, 0, 255)) == pytest.approx((0.15, 0.06), abs=1e-3)
    assert to_xy(Color(255, 255, 255)) == pytest.approx((0.3127, 0.3290), abs=1e-3)


@given(PARTS)
def test_a_chromaticity_is_the_colour_again(parts: list[int]) -> None:
    """Within two of 255."""
    color = from_parts(parts)
    assert color is not None
    assert from_xy(*to_xy(color)) == pytest.approx(color, abs=2)


@given(PARTS)
def test_a_hue_is_the_colour_again(parts: list[int]) -> None:
    """Within one of 255."""
    color = from_parts(parts)
    assert color is not None
    assert from_hue(*to_hue(color)) == pytest.approx(color, abs=1)


@given(st.floats(0, 1), st.floats(0, 1))
def test_every_chromaticity_has_a_colour_or_none(x: float, y: float) -> None:
    """Outside of what sRGB has, the nearest; outside of what light has, nothing."""
    color = from_xy(x, y)
    assert color is None or max(color) == 255


@pytest.mark.parametrize("parts", [None, "abc", [], [0, 0, 0], [1, 2], [1, 2, True], [1, 2, 256]])
def test_odd_parts_are_no_colour(parts: object) -> None:
    """Anything but three numbers up to 255, of which one isn't 0."""
    assert from_parts(parts) is None
