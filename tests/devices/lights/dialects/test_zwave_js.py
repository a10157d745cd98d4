"""Z-Wave JS UI, from documented payloads."""

from collections.abc import Callable

import pytest

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import Message, Reported, zwave_js
from kacenv.model.look import Color, parse_setting
from kacenv.model.room import Fixture

MakeFixture = Callable[..., Fixture]
TOPIC = "zwave/room/seat-left"


@pytest.fixture
def lamp(make_fixture: MakeFixture) -> Fixture:
    """A bulb with level, white and colour."""
    return make_fixture("zwave-js", "level", "kelvin", "color", "transition", topic=TOPIC)


@pytest.mark.parametrize(
    ("asked", "span", "said"),
    [
        ("100%", 5.0, b'{"value":99,"options":{"transitionDuration":"5s"}}'),
        ("40%", 0.3, b'{"value":40,"options":{"transitionDuration":"1s"}}'),
        ("off", 0.0, b'{"value":0,"options":{"transitionDuration":"0s"}}'),
        ("1%", 3600.0, b'{"value":1,"options":{"transitionDuration":"127s"}}'),
    ],
)
def test_a_level_is_a_target_value(lamp: Fixture, asked: str, span: float, said: bytes) -> None:
    """Up to 99, in whole seconds up to 127."""
    messages = zwave_js.encode(lamp, parse_setting(asked), Seconds(span))
    assert messages == (Message(f"{TOPIC}/38/0/targetValue/set", said),)


def test_a_switch_is_switched(make_fixture: MakeFixture) -> None:
    """Yes and no are all a switch is told or asked."""
    plug = make_fixture("zwave-js", topic=TOPIC)
    messages = zwave_js.encode(plug, parse_setting("9%"), Seconds(5.0))
    assert messages == (Message(f"{TOPIC}/37/0/targetValue/set", b'{"value":true}'),)
    report = zwave_js.decode(plug, f"{TOPIC}/37/0/currentValue", b'{"time":1,"value":false}')
    assert report == Reported(Level(0.0))
    assert zwave_js.decode(plug, f"{TOPIC}/37/0/currentValue", b"1") is None


@pytest.mark.parametrize(
    ("asked", "channels"),
    [
        ("9% #ff8040", b'{"red":255,"green":128,"blue":64,"warmWhite":0,"coldWhite":0}'),
        ("9% 2200 K", b'{"red":0,"green":0,"blue":0,"warmWhite":255,"coldWhite":0}'),
        ("9% 9000 K", b'{"red":0,"green":0,"blue":0,"warmWhite":0,"coldWhite":255}'),
    ],
)
def test_a_hue_is_a_mixture_of_channels(lamp: Fixture, asked: str, channels: bytes) -> None:
    """A white is mixed from the warmest and the coolest, and puts the colours out."""
    hue, _ = zwave_js.encode(lamp, parse_setting(asked), Seconds(2.0))
    assert hue.topic == f"{TOPIC}/51/0/targetColor/set"
    assert hue.payload == b'{"value":' + channels + b',"options":{"transitionDuration":"2s"}}'


@pytest.mark.parametrize(
    "payload",
    [b"40", b'{"time":1700000000000,"value":40}', b'{"id":"38-0-currentValue","value":40}'],
)
def test_all_forms_of_payload_are_understood(lamp: Fixture, payload: bytes) -> None:
    """The gateway writes values bare, with their time, or with all it knows."""
    report = zwave_js.decode(lamp, f"{TOPIC}/38/0/currentValue", payload)
    assert report == Reported(Level(40 / 99))


@pytest.mark.parametrize(
    ("suffix", "payload", "report"),
    [
        ("51/0/currentColor", b'{"red":255,"green":128,"blue":64}', Color(255, 128, 64)),
        ("51/0/currentColor", b'{"value":{"red":255,"green":0,"blue":0}}', Color(255, 0, 0)),
    ],
)
def test_colors_are_understood(lamp: Fixture, suffix: str, payload: bytes, report: Color) -> None:
    """Channels without a white are a colour."""
    assert zwave_js.decode(lamp, f"{TOPIC}/{suffix}", payload) == Reported(color=report)


def test_whites_are_understood(lamp: Fixture) -> None:
    """Half of each is half-way in mired."""
    payload = b'{"red":0,"green":0,"blue":0,"warmWhite":128,"coldWhite":128}'
    report = zwave_js.decode(lamp, f"{TOPIC}/51/0/currentColor", payload)
    assert report is not None
    assert report.kelvin == pytest.approx(2 / (1 / 2200 + 1 / 6500))


@pytest.mark.parametrize(
    ("payload", "available"),
    [(b'{"time":1,"value":true,"status":"Alive","nodeId":5}', True), (b"false", False)],
)
def test_the_nodes_status_is_understood(lamp: Fixture, payload: bytes, available: bool) -> None:
    """With its time, or bare."""
    report = zwave_js.decode(lamp, f"{TOPIC}/status", payload)
    assert report == Reported(available=available)


@pytest.mark.parametrize(
    ("suffix", "payload"),
    [
        ("38/0/currentValue", b"254"),
        ("38/0/currentValue", b"true"),
        ("38/0/currentValue", b'{"value":{"value":1}}'),
        ("51/0/currentColor", b"[1,2,3]"),
        ("51/0/currentColor", b'{"warmWhite":"a"}'),
        ("status", b'"Alive"'),
        ("38/0/targetValue", b"40"),
    ],
)
def test_odd_reports_say_nothing(lamp: Fixture, suffix: str, payload: bytes) -> None:
    """An unknown level (254), and what no lamp can be, aren't believed."""
    assert zwave_js.decode(lamp, f"{TOPIC}/{suffix}", payload) is None
