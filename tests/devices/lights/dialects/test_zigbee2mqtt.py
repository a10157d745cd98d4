"""Zigbee2MQTT, from documented payloads."""

from collections.abc import Callable

import pytest

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import Message, Reported, zigbee2mqtt
from kacenv.devices.lights.dialects.codec_protocol import from_mired
from kacenv.model.look import Color, Setting, parse_setting
from kacenv.model.room import Fixture

MakeFixture = Callable[..., Fixture]
TOPIC = "zigbee2mqtt/seat-left"


@pytest.fixture
def lamp(make_fixture: MakeFixture) -> Fixture:
    """A bulb with level and white."""
    return make_fixture("zigbee2mqtt", "level", "kelvin", "transition", topic=TOPIC)


def test_white_goes_before_the_level(lamp: Fixture) -> None:
    """Two commands, for some bulbs drop a first transition for a second."""
    assert zigbee2mqtt.encode(lamp, parse_setting("50% 2500 K"), Seconds(60.0)) == (
        Message(f"{TOPIC}/set", b'{"color_temp":400,"transition":0.0}'),
        Message(f"{TOPIC}/set", b'{"state":"ON","brightness":127,"transition":60.0}'),
    )


def test_a_level_alone_is_one_command(lamp: Fixture) -> None:
    """A setting without white leaves the white alone."""
    (message,) = zigbee2mqtt.encode(lamp, parse_setting("100%"), Seconds(0.25))
    assert message.payload == b'{"state":"ON","brightness":254,"transition":0.2}'


def test_off_fades_too(lamp: Fixture) -> None:
    """Off with a transition fades down; a brightness of 0 is never sent."""
    (message,) = zigbee2mqtt.encode(lamp, Setting(Level(0.0), Kelvin(2500.0)), Seconds(8.0))
    assert message.payload == b'{"state":"OFF","transition":8.0}'


def test_transitions_stay_within_sixteen_bits_of_tenths(lamp: Fixture) -> None:
    """Three hours are held to what Zigbee can count."""
    (message,) = zigbee2mqtt.encode(lamp, parse_setting("5%"), Seconds(10800.0))
    assert message.payload.endswith(b'"transition":6500.0}')


def test_the_white_alone_can_take_its_time(lamp: Fixture) -> None:
    """The level isn't mentioned, so an off lamp stays off."""
    (message,) = zigbee2mqtt.encode_color(lamp, parse_setting("60% 4000 K"), Seconds(5.0))
    assert message.payload == b'{"color_temp":250,"transition":5.0}'


@pytest.mark.parametrize(
    ("payload", "report"),
    [
        (b'{"state":"OFF","brightness":127}', Reported(Level(0.0))),
        (b'{"state":"ON","brightness":254,"linkquality":87}', Reported(Level(1.0))),
        (b'{"state":"ON","brightness":255}', Reported(Level(1.0))),
        (b'{"brightness":127,"color_temp":400}', Reported(Level(0.5), from_mired(400))),
        (b'{"color_mode":"xy","brightness":127,"color_temp":400}', Reported(Level(0.5))),
    ],
)
def test_reports_are_understood(lamp: Fixture, payload: bytes, report: Reported) -> None:
    """Level and white of a report; off is off, whatever brightness it remembers."""
    assert zigbee2mqtt.decode(lamp, TOPIC, payload) == report


@pytest.mark.parametrize(
    ("payload", "available"),
    [
        (b'{"state":"online"}', True),
        (b'{"state":"offline"}', False),
        (b"online", True),
        (b"offline", False),
    ],
)
def test_availability_is_understood(lamp: Fixture, payload: bytes, available: bool) -> None:
    """Both version 2's JSON and the bare word before it."""
    report = zigbee2mqtt.decode(lamp, f"{TOPIC}/availability", payload)
    assert report == Reported(available=available)


@pytest.mark.parametrize("payload", [b"", b"ONLINE", b'{"state":1}', b"\xff", b"[]", b"x" * 99999])
def test_odd_availability_says_nothing(lamp: Fixture, payload: bytes) -> None:
    """Neither yes nor no."""
    assert zigbee2mqtt.decode(lamp, f"{TOPIC}/availability", payload) is None


def test_the_lamp_is_listened_to_on_its_own_topic(lamp: Fixture) -> None:
    """Zigbee2MQTT's topics follow from the name."""
    assert zigbee2mqtt.subscriptions(lamp) == (TOPIC, f"{TOPIC}/availability")


def test_a_switched_plug_is_switched(make_fixture: MakeFixture) -> None:
    """On and off are all a plug is told or asked."""
    plug = make_fixture("zigbee2mqtt", topic=TOPIC)
    (message,) = zigbee2mqtt.encode(plug, Setting(Level(0.1)), Seconds(0.0))
    assert message.payload == b'{"state":"ON","transition":0.0}'
    assert zigbee2mqtt.decode(plug, TOPIC, b'{"state":"ON"}') == Reported(Level(1.0))
    assert zigbee2mqtt.decode(plug, TOPIC, b'{"brightness":3}') is None


def test_a_colour_goes_before_the_level(make_fixture: MakeFixture) -> None:
    """It is a command of its own, as a white is."""
    lamp = make_fixture("zigbee2mqtt", "level", "color", topic=TOPIC)
    color, level = zigbee2mqtt.encode(lamp, parse_setting("50% #ff8040"), Seconds(9.0))
    assert color.payload == b'{"color":{"r":255,"g":128,"b":64},"transition":0.0}'
    assert level.payload == b'{"state":"ON","brightness":127,"transition":9.0}'


def test_a_reported_colour_is_a_chromaticity(make_fixture: MakeFixture) -> None:
    """It counts where the bulb is in a colour mode."""
    lamp = make_fixture("zigbee2mqtt", "level", "kelvin", "color", topic=TOPIC)
    payload = b'{"color":{"x":0.64,"y":0.33},"color_mode":"%s","color_temp":400}'
    report = zigbee2mqtt.decode(lamp, TOPIC, payload % b"xy")
    assert report is not None
    assert report.color is not None
    assert report.color == pytest.approx(Color(255, 0, 0), abs=3)
    white = zigbee2mqtt.decode(lamp, TOPIC, payload % b"color_temp")
    assert white == Reported(kelvin=from_mired(400))
