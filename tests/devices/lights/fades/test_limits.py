"""A room's limits on a setting."""

from collections.abc import Callable

import pytest

from kacenv.core.units import Kelvin, Level
from kacenv.devices.lights.fades.limits import LightLimits, limited_in_dim_light
from kacenv.devices.lights.fades.warm_dim import warm_dim
from kacenv.model.look import Color, Setting, parse_setting
from kacenv.model.room import DimLight, Fixture

MakeFixture = Callable[..., Fixture]
DIM = DimLight()


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("10% 4000 K", "10% 2700 K"),
        ("10% 2200 K", "10% 2200 K"),
        ("29% 2701 K", "29% 2700 K"),
        ("30% 6500 K", "30% 6500 K"),
        ("10%", "10%"),
        ("off", "off"),
        ("4% #ff8040", "4% #ff8040"),
        ("4% #4040ff", "4% 2700 K"),
        ("4% #ff80ff", "4% 2700 K"),
        ("60% #4040ff", "60% #4040ff"),
    ],
)
def test_dim_light_is_neither_cool_nor_blue(asked: str, shown: str) -> None:
    """Below 30 % nothing is cooler than 2700 K, or bluer than that."""
    assert limited_in_dim_light(parse_setting(asked), DIM) == parse_setting(shown)


def test_a_scene_may_say_otherwise(make_fixture: MakeFixture) -> None:
    """`cool` passes the guard."""
    lamp = make_fixture("home-assistant", "level", "kelvin")
    assert LightLimits().apply(lamp, parse_setting("5% 5000 K"), cool=True).kelvin == Kelvin(5000.0)
    assert LightLimits().apply(lamp, parse_setting("5% 5000 K")).kelvin == Kelvin(2700.0)


def test_a_lamp_is_asked_for_what_it_can_show(make_fixture: MakeFixture) -> None:
    """Whites within its own; a white on a lamp of colours is that white's colour."""
    white = make_fixture("home-assistant", "level", "kelvin", coolest="4000 K")
    tinted = make_fixture("home-assistant", "level", "color")
    bare = make_fixture("home-assistant", "level")
    asked = parse_setting("60% 6000 K")
    assert LightLimits().apply(white, asked).kelvin == Kelvin(4000.0)
    assert LightLimits().apply(bare, asked) == Setting(Level(0.6))
    color = LightLimits().apply(tinted, parse_setting("60% 2200 K")).color
    assert color is not None
    assert color.red == 255
    assert color.red > color.green > color.blue
    violet = Setting(Level(0.6), None, Color(255, 0, 255))
    assert LightLimits().apply(tinted, violet) == violet
    assert LightLimits().apply(white, violet) == Setting(Level(0.6))


def test_warm_dimming_chooses_the_white_a_look_leaves_open(make_fixture: MakeFixture) -> None:
    """A look that gives one is obeyed."""
    lamp = make_fixture("home-assistant", "level", "kelvin")
    limits = LightLimits(warm_dims=True)
    ends = (lamp.warmest, lamp.coolest)
    assert limits.apply(lamp, parse_setting("5%")).kelvin == warm_dim(Level(0.05), *ends)
    assert limits.apply(lamp, parse_setting("5% 2500 K")).kelvin == Kelvin(2500.0)
    assert limits.warmth(lamp, parse_setting("5% 2500 K")) is None
