"""Lamps that go out at their lowest light."""

import json
from collections.abc import Callable

import pytest
from support.faulty_lamp import FaultyLamp
from support.lone_lamp import STATE

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import codec
from kacenv.devices.lights.fades.lightness import DimmingCurve, DimmingScale
from kacenv.devices.lights.lamp.dim_floor import DimFloor
from kacenv.devices.lights.simulator.faults import LampFaults
from kacenv.model.look import parse_setting
from kacenv.model.room import Fixture

MakeFixture = Callable[..., Fixture]


@pytest.mark.parametrize("start", ["30%", "off"])
@pytest.mark.parametrize(
    ("dialect", "dark_at", "shown"),
    [("zigbee2mqtt", 1, 2), ("zigbee2mqtt", 3, 4), ("home-assistant", 1, 2), ("zwave-js", 1, 2)],
)
def test_a_lamp_that_goes_out_is_given_the_lowest_light_that_it_keeps(
    make_fixture: MakeFixture, dialect: str, dark_at: int, shown: int, start: str
) -> None:
    """Nobody is said to have changed it; staff are told what it shows, unless the dialect knows."""
    fixture = make_fixture(dialect, "level", "transition", state_topic=STATE)
    lamp = FaultyLamp(fixture, LampFaults(dark_at=dark_at), start)
    lamp.ask("0.4%", 10.0, 5.0)
    lamp.live(10.0, 40.0)
    scale = codec(fixture).scale
    assert scale.units(lamp.at(40.0).level) == shown
    told = [text for text in lamp.news if "goes out at 0.4%; kacenv shows" in text]
    assert lamp.news == told
    assert len(told) == (0 if dark_at < scale.least else 1)
    before = len(lamp.sent)
    lamp.ask("0.4%", 50.0, 5.0)
    lamp.live(50.0, 70.0)
    assert scale.units(lamp.at(70.0).level) == shown
    assert len(lamp.news) == len(told)
    assert len(lamp.sent) - before <= 2


def test_a_hand_that_switches_a_dim_lamp_off_is_left_alone(make_fixture: MakeFixture) -> None:
    """Once it has shown that it keeps such a light, or has shown it for long."""
    lamp = FaultyLamp(make_fixture("zigbee2mqtt", "level", "transition"), LampFaults(), "30%")
    lamp.ask("1%", 10.0, 5.0)
    lamp.live(10.0, 30.0)
    lamp.light.turn(Level(0.0), Seconds(30.0))
    lamp.live(30.0, 60.0)
    assert lamp.at(60.0).level == 0.0
    assert len(lamp.news) == 1
    assert "changed by hand" in lamp.news[0]


def test_a_lamp_that_stays_dark_is_named(make_fixture: MakeFixture) -> None:
    """It isn't raised beyond a tenth of its light."""
    fixture = make_fixture("zigbee2mqtt", "level", "transition")
    lamp = FaultyLamp(fixture, LampFaults(dark_at=200), "off")
    lamp.ask("1%", 10.0, 5.0)
    lamp.live(10.0, 60.0)
    assert any("doesn't follow" in text and "says off" in text for text in lamp.news)
    commands = [json.loads(message.payload) for _, message in lamp.sent]
    levels = [one["brightness"] for one in commands if one.get("state") == "ON"]
    assert levels == sorted(levels)
    assert levels[-1] <= 26


def test_a_level_between_is_raised_and_no_other() -> None:
    """Off stays off, and what the lamp keeps stays as it is."""
    floor = DimFloor(DimmingScale(254, DimmingCurve.EYE))
    low = parse_setting("0.4%")
    assert floor.apply(low) == low
    assert floor.finding(low) is None
    assert floor.raised(low).level == pytest.approx(2 / 254)
    assert floor.apply(low).level == pytest.approx(2 / 254)
    for kept in ("off", "2%"):
        assert floor.apply(parse_setting(kept)) == parse_setting(kept)
    assert floor.finding(floor.apply(low)) == "goes out at 0.4%; kacenv shows 0.8% instead"
    assert floor.finding(floor.apply(low)) is None
