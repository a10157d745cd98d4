"""Settings, as room files write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from kacenv.core.errors import UnitError
from kacenv.core.units import Kelvin, Level
from kacenv.model.look import Color, Setting, SettingField, parse_color, parse_setting


@pytest.mark.parametrize(
    ("written", "setting"),
    [
        ("off", Setting(Level(0.0))),
        ("12%", Setting(Level(0.12))),
        ("12% 2200 K", Setting(Level(0.12), Kelvin(2200.0))),
        ("12% #FF8040", Setting(Level(0.12), color=Color(255, 128, 64))),
        ({"level": "12%"}, Setting(Level(0.12))),
        ({"level": "12%", "kelvin": "2200 K"}, Setting(Level(0.12), Kelvin(2200.0))),
        ({"level": "12%", "color": "#ff8040"}, Setting(Level(0.12), color=Color(255, 128, 64))),
    ],
)
def test_a_light_has_a_level_and_a_white_or_colour(written: object, setting: Setting) -> None:
    """In one line, or in a block."""
    assert parse_setting(written) == setting
    assert TypeAdapter(SettingField).validate_python(written) == setting


@given(st.integers(1, 100), st.lists(st.integers(0, 255), min_size=3, max_size=3).filter(any))
def test_a_colour_reads_back(percent: int, parts: list[int]) -> None:
    """What is printed can be written."""
    color = parse_color("#" + bytes(parts).hex())
    assert max(color) == 255
    setting = Setting(Level(percent / 100), color=color)
    assert parse_setting(str(setting)) == setting


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("12% 2200 K #ff8040", "a white or a colour, not both"),
        ({"level": "1%", "kelvin": "2200 K", "color": "#ff8040"}, "a white or a colour, not both"),
        ({"level": "1%", "color": None}, "a colour in quotes"),
        ({"level": "1%", "color": "red"}, "a colour in quotes"),
        ({"level": "1%", "color": "#000000"}, "black is `off`"),
        ({"color": "#ff8040"}, "`level` beside"),
        ({"level": "1%", "colour": "#ff8040"}, "`level`, and `kelvin` or `color`"),
        ({"level": "bright"}, "a light level"),
        (["12%"], "a light level"),
    ],
)
def test_slips_are_explained(written: object, words: str) -> None:
    """Each says what belongs there."""
    with pytest.raises(UnitError, match=words):
        parse_setting(written)
