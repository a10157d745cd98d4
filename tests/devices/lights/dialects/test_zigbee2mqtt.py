"""Zigbee2MQTT, from documented payloads."""

import pytest
from support.dialects import MakeCodec, sent, sent_payload

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import LampCodec, Reported
from kacenv.devices.lights.dialects.payloads import from_mired
from kacenv.model.look import Color, parse_setting

TOPIC = "zigbee2mqtt/seat-left"


@pytest.fixture
def lamp(make_codec: MakeCodec) -> LampCodec:
    """A bulb with level and white."""
    return make_codec("zigbee2mqtt", "level", "kelvin", "transition", topic=TOPIC)


def test_white_goes_before_the_level(lamp: LampCodec) -> None:
    """Two commands, for some bulbs drop a first transition for a second."""
    assert sent(lamp, "50% 2500 K", 60.0) == [
        (f"{TOPIC}/set", b'{"color_temp":400,"transition":0.0}'),
        (f"{TOPIC}/set", b'{"state":"ON","brightness":127,"transition":60.0}'),
    ]


@pytest.mark.parametrize(
    ("asked", "within", "said"),
    [
        ("100%", 0.25, b'{"state":"ON","brightness":254,"transition":0.2}'),
        ("off", 8.0, b'{"state":"OFF","transition":8.0}'),
        ("5%", 10800.0, b'{"state":"ON","brightness":13,"transition":6500.0}'),
    ],
)
def test_a_level_alone_is_one_command(
    lamp: LampCodec, asked: str, within: float, said: bytes
) -> None:
    """Off has no brightness of 0, and three hours are held to sixteen bits of tenths."""
    assert sent_payload(lamp, asked, within) == said


def test_the_white_alone_can_take_its_time(lamp: LampCodec) -> None:
    """The level isn't mentioned, so an off lamp stays off."""
    (message,) = lamp.encode_color(parse_setting("60% 4000 K"), Seconds(5.0))
    assert message.payload == b'{"color_temp":250,"transition":5.0}'


@pytest.mark.parametrize(
    ("payload", "report"),
    [
        (b'{"state":"OFF","brightness":127}', Reported(Level(0.0))),
        (b'{"state":"ON","brightness":254,"linkquality":87}', Reported(Level(1.0))),
        (b'{"state":"ON","brightness":255}', Reported(Level(1.0))),
        (b'{"brightness":127,"color_temp":400}', Reported(Level(0.5), from_mired(400))),
        (b'{"color_mode":"xy","brightness":127,"color_temp":400}', Reported(Level(0.5))),
        (b'{"brightness":127,"effect":"candle"}', Reported(Level(0.5), effect="candle")),
        (b'{"brightness":127,"effect":"none"}', Reported(Level(0.5), effect="")),
        (b'{"brightness":127,"effect":"blink"}', Reported(Level(0.5), effect="")),
    ],
)
def test_reports_are_understood(lamp: LampCodec, payload: bytes, report: Reported) -> None:
    """Level and white of a report; off is off, whatever brightness it remembers."""
    assert lamp.decode(TOPIC, payload) == report


@pytest.mark.parametrize(
    ("payload", "available"),
    [
        (b'{"state":"online"}', True),
        (b'{"state":"offline"}', False),
        (b"online", True),
        (b"offline", False),
        *((odd, None) for odd in (b"", b"ONLINE", b'{"state":1}', b"\xff", b"[]", b"x" * 99999)),
    ],
)
def test_availability_is_understood(
    lamp: LampCodec, payload: bytes, available: bool | None
) -> None:
    """Both version 2's JSON and the bare word before it; all else is neither yes nor no."""
    report = lamp.decode(f"{TOPIC}/availability", payload)
    assert report == Reported(available=available)


def test_a_switched_plug_is_switched(make_codec: MakeCodec) -> None:
    """On and off are all a plug is told or asked."""
    plug = make_codec("zigbee2mqtt", topic=TOPIC)
    assert sent_payload(plug, "10%") == b'{"state":"ON"}'
    assert [message.payload for message in plug.state_query] == [b'{"state":""}']
    assert plug.decode(TOPIC, b'{"state":"ON"}') == Reported(Level(1.0))
    assert plug.decode(TOPIC, b'{"brightness":3}') == Reported()


def test_a_colour_goes_before_the_level(make_codec: MakeCodec) -> None:
    """It is a command of its own, as a white is, and names a chromaticity: the sRGB one."""
    lamp = make_codec("zigbee2mqtt", "level", "color", topic=TOPIC)
    (_, color), (_, level) = sent(lamp, "50% #ff8040", 9.0)
    assert color == b'{"color":{"x":0.5179,"y":0.3848},"transition":0.0}'
    assert level == b'{"state":"ON","brightness":127,"transition":9.0}'


def test_a_reported_colour_is_a_chromaticity(make_codec: MakeCodec) -> None:
    """It counts where the bulb is in a colour mode."""
    lamp = make_codec("zigbee2mqtt", "level", "kelvin", "color", topic=TOPIC)
    payload = b'{"color":{"x":0.64,"y":0.33},"color_mode":"%s","color_temp":400}'
    shown = lamp.decode(TOPIC, payload % b"xy").color
    assert shown is not None
    assert shown == pytest.approx(Color(255, 0, 0), abs=3)
    assert lamp.decode(TOPIC, payload % b"color_temp") == Reported(kelvin=from_mired(400))


def test_a_hue_bulb_s_effect_is_ended_first(lamp: LampCodec) -> None:
    """A level alone would leave the bulb flickering."""
    steady, level = lamp.encode_after(Reported(effect="candle"), parse_setting("50%"), Seconds(9.0))
    assert steady == (f"{TOPIC}/set", b'{"effect":"stop_hue_effect"}')
    assert (level,) == lamp.encode(parse_setting("50%"), Seconds(9.0))


def test_its_state_is_read_on_demand(lamp: LampCodec) -> None:
    """By a request for the fields to read."""
    assert lamp.state_query == ((f"{TOPIC}/get", b'{"state":"","brightness":"","color_temp":""}'),)
