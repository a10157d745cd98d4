"""Trajectories between settings: within slope limits, on time, and even to the eye."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.fades.color_fade import distance
from kacenv.devices.lights.fades.trajectory import (
    MIRED,
    STEEPEST,
    STEEPEST_TINT,
    STEEPEST_WHITE,
    URGENT_DURATION,
    FadeOptions,
    WarmDimRange,
    trajectory_between,
    trajectory_from_unknown,
)
from kacenv.devices.lights.fades.warm_dim import warm_dim
from kacenv.model.look import Color, Setting, parse_setting

LEVELS = st.floats(0.0, 1.0).map(Level)
START = Seconds(100.0)
RED, BLUE = Color(255, 0, 0), Color(0, 0, 255)


@given(LEVELS, LEVELS, st.floats(0.0, 600.0), st.floats(0.01, 0.2))
def test_no_path_is_steeper_than_the_bound(
    origin: Level, target: Level, duration: float, steepest: float
) -> None:
    """A short duration is lengthened until the slope fits; a long one is kept."""
    way = FadeOptions(START, Seconds(duration), steepest)
    path = trajectory_between(Setting(origin), Setting(target), way)
    assert path.level.steepest <= steepest * (1 + 1e-9)
    assert path.end - START >= duration - 1e-9
    assert path.end - START <= max(duration, 1 / steepest) + 1e-9


@given(LEVELS, LEVELS, st.floats(0.0, 600.0))
def test_lights_up_takes_three_seconds(origin: Level, target: Level, duration: float) -> None:
    """Whatever the way, whatever was asked."""
    way = FadeOptions(START, Seconds(duration), urgent=True)
    assert trajectory_between(Setting(origin), Setting(target), way).end == START + URGENT_DURATION


@given(LEVELS)
def test_from_the_unknown_the_longest_way_is_allowed_for(target: Level) -> None:
    """A lamp nobody knows may be full or off."""
    path = trajectory_between(None, Setting(target), FadeOptions(START, Seconds(0.0)))
    assert path.end - START == pytest.approx(max(target, 1 - target) / STEEPEST)
    assert path.at(START).level == target


def test_a_white_changes_no_faster_than_its_bound() -> None:
    """Candle to daylight on a lit lamp; a dark one needs no time."""
    lit, dark = parse_setting("50% 2000 K"), parse_setting("off")._replace(kelvin=Kelvin(2000.0))
    target = parse_setting("50% 6500 K")
    path = trajectory_between(lit, target, FadeOptions(START, Seconds(0.0)))
    change = MIRED / 2000 - MIRED / 6500
    assert path.end - START == pytest.approx(change / STEEPEST_WHITE)
    assert (
        trajectory_between(dark, target, FadeOptions(START, Seconds(0.0))).end - START
        == 0.5 / STEEPEST
    )


def test_a_colour_fades_evenly_and_bounded() -> None:
    """Red to blue: every tenth of the way is as large as any other, within a rounding."""
    origin, target = Setting(Level(0.5), None, RED), Setting(Level(0.5), None, BLUE)
    path = trajectory_between(origin, target, FadeOptions(START, Seconds(0.0)))
    span = path.end - START
    assert span == pytest.approx(distance(RED, BLUE) / STEEPEST_TINT)
    shown = [path.at(Seconds(START + span * share / 10)).color for share in range(11)]
    assert (shown[0], shown[-1]) == (RED, BLUE)
    assert all(color is not None and max(color) == 255 for color in shown)
    assert len(set(shown)) == 11


def test_a_colour_fades_into_a_white() -> None:
    """By way of that white's own colour; at the end the white is said."""
    origin, target = Setting(Level(0.5), None, BLUE), parse_setting("50% 2700 K")
    path = trajectory_between(origin, target, FadeOptions(START, Seconds(60.0)))
    before = path.at(Seconds(path.end - 0.001)).color
    assert before is not None
    assert before.red == 255
    assert path.target == target


def test_a_white_fades_into_a_colour() -> None:
    """It begins at the colour of the white."""
    path = trajectory_between(
        parse_setting("50% 2200 K"),
        Setting(Level(0.5), None, BLUE),
        FadeOptions(START, Seconds(60.0)),
    )
    first = path.at(START).color
    assert first is not None
    assert first.red > first.green > first.blue
    assert path.target.color == BLUE


def test_a_look_without_a_colour_keeps_it() -> None:
    """The level moves alone."""
    path = trajectory_between(
        Setting(Level(0.5), None, RED), Setting(Level(0.2)), FadeOptions(START, Seconds(9))
    )
    assert path.target == Setting(Level(0.2), None, RED)


def test_a_warm_dimming_lamp_follows_its_level() -> None:
    """In the middle of the fade its white is that of the level it shows there."""
    warmth = WarmDimRange(Kelvin(1800.0), Kelvin(4000.0))
    bright, dim = (Setting(Level(lv), warm_dim(Level(lv), *warmth)) for lv in (0.9, 0.1))
    path = trajectory_between(bright, dim, FadeOptions(START, Seconds(60.0), warmth=warmth))
    assert path.at(Seconds(START + 30)).kelvin == warm_dim(Level(0.5), *warmth)
    other = Setting(Level(0.9), Kelvin(4000.0))
    led = trajectory_between(other, dim, FadeOptions(START, Seconds(60.0), warmth=warmth))
    assert led.at(START).kelvin == pytest.approx(4000.0)
    assert led.target.kelvin == pytest.approx(dim.kelvin)


@pytest.mark.parametrize(("steepest", "begins"), [(0.2, 0.04), (0.01, 0.002)])
def test_the_unknown_begins_with_a_step_of_the_rooms_own(steepest: float, begins: float) -> None:
    """A lamp that was dark sees no larger step there than anywhere on its way."""
    way = FadeOptions(Seconds(0.0), Seconds(10.0), steepest)
    path = trajectory_from_unknown(parse_setting("60%"), None, way)
    assert path.at(Seconds(0.0)).level == pytest.approx(begins)
    dim = trajectory_from_unknown(Setting(Level(0.001)), None, way)
    assert dim.at(Seconds(0.0)).level == pytest.approx(0.001)


def test_a_way_that_is_cut_ends_where_it_had_come_to() -> None:
    """Until then it is the same way: level, white and colour."""
    ways = [("10% 2200 K", parse_setting("90% 4000 K"))]
    ways += [("10% 2200 K", Setting(Level(0.9), None, BLUE))]
    for origin, target in ways:
        path = trajectory_between(parse_setting(origin), target, FadeOptions(START, Seconds(60.0)))
        middle = Seconds(START + 24)
        cut = path.cut(middle)
        assert cut.end == middle
        assert cut.at(Seconds(START + 12)) == _nearly(path.at(Seconds(START + 12)))
        assert cut.target == _nearly(path.at(middle))
        assert path.cut(path.end) == path


def _nearly(setting: Setting) -> object:
    """Return the setting, comparable within rounding errors."""
    return pytest.approx(setting) if setting.color is None else setting
