"""Bare numbers."""

from collections.abc import Callable

import pytest

from kacenv.lights.dialects import Message, Reported, plain
from kacenv.look import Setting, parse_setting
from kacenv.room import Fixture
from kacenv.units import Kelvin, Level, Seconds

MakeFixture = Callable[..., Fixture]


@pytest.mark.parametrize(
    ("setting", "scale", "payload"),
    [
        ("off", 100, b"0"),
        ("1%", 100, b"1"),
        ("50%", 100, b"18"),
        ("50%", 255, b"47"),
        ("50%", 65535, b"12071"),
        ("100%", 255, b"255"),
    ],
)
def test_a_level_is_a_number_on_the_scale(
    make_fixture: MakeFixture, setting: str, scale: int, payload: bytes
) -> None:
    """Half as bright to the eye is 18 % of the light."""
    lamp = make_fixture("plain", "level", scale=scale)
    messages = plain.encode(lamp, parse_setting(setting), Seconds(9.0))
    assert messages == (Message("house/lamp", payload),)


def test_a_switched_lamp_is_given_all_or_nothing(make_fixture: MakeFixture) -> None:
    """Full is the scale's number, also for a lamp that can't be dimmed."""
    lamp = make_fixture("plain", scale=255, state_topic="s")
    (message,) = plain.encode(lamp, Setting(Level(0.1)), Seconds(0.0))
    assert message.payload == b"255"
    assert plain.decode(lamp, "s", b"3") == Reported(Level(1.0))


def test_a_number_is_a_report(make_fixture: MakeFixture) -> None:
    """Whole or broken, between 0 and full."""
    lamp = make_fixture("plain", "level", scale=100, state_topic="s")
    assert plain.decode(lamp, "s", b"100") == Reported(Level(1.0))
    assert plain.decode(lamp, "s", b"0.0") == Reported(Level(0.0))
    assert plain.decode(lamp, "s", b"100.5") is None
    assert plain.decode(lamp, lamp.topic, b"100") is None


def test_there_is_no_white(make_fixture: MakeFixture) -> None:
    """A bare number can't say one."""
    lamp = make_fixture("plain", "level")
    assert plain.encode_white(lamp, Kelvin(2200.0), Seconds(1.0)) == ()
    assert plain.subscriptions(lamp) == ()
