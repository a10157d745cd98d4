"""Z-Wave JS UI, from documented payloads."""

import pytest
from support.dialects import MakeCodec, sent

from kacenv.core.units import Level
from kacenv.devices.lights.dialects import LampCodec, Reported
from kacenv.model.look import Color

TOPIC = "zwave/room/seat-left"


@pytest.fixture
def lamp(make_codec: MakeCodec) -> LampCodec:
    """A bulb with level, white and colour."""
    return make_codec("zwave-js", "level", "kelvin", "color", "transition", topic=TOPIC)


@pytest.mark.parametrize(
    ("asked", "span", "said"),
    [
        ("100%", 5.0, b'{"value":99,"options":{"transitionDuration":"5s"}}'),
        ("40%", 0.3, b'{"value":40,"options":{"transitionDuration":"1s"}}'),
        ("off", 0.0, b'{"value":0,"options":{"transitionDuration":"0s"}}'),
        ("1%", 3600.0, b'{"value":1,"options":{"transitionDuration":"127s"}}'),
    ],
)
def test_a_level_is_a_target_value(lamp: LampCodec, asked: str, span: float, said: bytes) -> None:
    """Up to 99, in whole seconds up to 127."""
    assert sent(lamp, asked, span) == [(f"{TOPIC}/38/0/targetValue/set", said)]


def test_a_switch_is_switched(make_codec: MakeCodec) -> None:
    """Yes and no are all a switch is told or asked."""
    plug = make_codec("zwave-js", topic=TOPIC)
    assert sent(plug, "9%", 5.0) == [(f"{TOPIC}/37/0/targetValue/set", b'{"value":true}')]
    current = f"{TOPIC}/37/0/currentValue"
    assert plug.decode(current, b'{"time":1,"value":false}') == Reported(Level(0.0))
    assert plug.decode(current, b"1") == Reported()


@pytest.mark.parametrize(
    ("asked", "channels"),
    [
        ("9% #ff8040", b'{"red":255,"green":128,"blue":64,"warmWhite":0,"coldWhite":0}'),
        ("9% 2200 K", b'{"red":0,"green":0,"blue":0,"warmWhite":255,"coldWhite":0}'),
        ("9% 9000 K", b'{"red":0,"green":0,"blue":0,"warmWhite":0,"coldWhite":255}'),
    ],
)
def test_a_hue_is_a_mixture_of_channels(lamp: LampCodec, asked: str, channels: bytes) -> None:
    """A white is mixed from the warmest and the coolest, and puts the colours out."""
    hue, _ = sent(lamp, asked, 2.0)
    payload = b'{"value":' + channels + b',"options":{"transitionDuration":"2s"}}'
    assert hue == (f"{TOPIC}/51/0/targetColor/set", payload)


@pytest.mark.parametrize(
    ("suffix", "payload", "report"),
    [
        ("38/0/currentValue", b"40", Reported(Level(40 / 99))),
        ("38/0/currentValue", b'{"time":1700000000000,"value":40}', Reported(Level(40 / 99))),
        ("38/0/currentValue", b'{"id":"38-0-x","value":40}', Reported(Level(40 / 99))),
        ("51/0/currentColor", b'{"red":255,"green":128,"blue":64}', Color(255, 128, 64)),
        ("51/0/currentColor", b'{"value":{"red":255,"green":0,"blue":0}}', Color(255, 0, 0)),
        (
            "status",
            b'{"time":1,"value":true,"status":"Alive","nodeId":5}',
            Reported(None, None, True),
        ),
        ("status", b"false", Reported(available=False)),
        ("38/0/currentValue", b"254", Reported()),
        ("38/0/currentValue", b"true", Reported()),
        ("38/0/currentValue", b'{"value":{"value":1}}', Reported()),
        ("51/0/currentColor", b"[1,2,3]", Reported()),
        ("51/0/currentColor", b'{"warmWhite":"a"}', Reported()),
        ("status", b'"Alive"', Reported()),
        ("38/0/targetValue", b"40", Reported()),
    ],
)
def test_all_forms_of_payload_are_understood(
    lamp: LampCodec, suffix: str, payload: bytes, report: Reported | Color
) -> None:
    """The gateway writes values bare, with their time, or with all it knows; 254 is unknown."""
    expected = Reported(color=report) if isinstance(report, Color) else report
    assert lamp.decode(f"{TOPIC}/{suffix}", payload) == expected


def test_whites_are_understood(lamp: LampCodec) -> None:
    """Half of each is half-way in mired."""
    payload = b'{"red":0,"green":0,"blue":0,"warmWhite":128,"coldWhite":128}'
    report = lamp.decode(f"{TOPIC}/51/0/currentColor", payload)
    assert report.kelvin == pytest.approx(2 / (1 / 2200 + 1 / 6500))
