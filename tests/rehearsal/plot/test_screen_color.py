"""Lamps' colours on a screen are those of the light they stand for."""

import pytest

from kacenv.core.units import Kelvin, Level
from kacenv.model.look import Color, Setting
from kacenv.rehearsal.plot.screen_color import Light, light_of, shown


def white(kelvin: float) -> Light:
    """A white at full."""
    return light_of(Setting(Level(1.0), Kelvin(kelvin)), 2700.0)


def test_daylight_is_white_and_candlelight_is_not() -> None:
    """6500 K is nearly sRGB's own white, which is a little greener; warmer has less of the rest."""
    assert white(6500.0) == pytest.approx((1.0, 1.0, 1.0), abs=0.06)
    blues, greens = zip(
        *((white(k)[2], white(k)[1]) for k in (1700, 2200, 2700, 4000)), strict=True
    )
    assert list(blues) == sorted(blues)
    assert list(greens) == sorted(greens)
    assert all(white(kelvin)[0] == 1.0 for kelvin in (1700, 1900, 2200, 2700, 4000))


def test_a_level_is_shown_as_lightness() -> None:
    """Half the level is the grey of L* 50 (#777777), full is white, nothing is black."""
    grey = [shown((1.0, 1.0, 1.0), level) for level in (0.0, 0.5, 1.0)]
    assert grey == ["#000000", "#777777", "#ffffff"]


def test_a_colour_is_shown_as_it_is_written() -> None:
    """A look's own colour comes back at full; without one, the lamp's white counts."""
    orange = Setting(Level(1.0), color=Color(255, 128, 64))
    assert shown(light_of(orange, 2700.0), 1.0) == "#ff8040"
    warm = Setting(Level(1.0), Kelvin(2200.0))
    assert light_of(warm, 6500.0) == light_of(Setting(Level(1.0)), 2200.0)
