"""WLED, from documented payloads."""

from collections.abc import Callable

import pytest

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import Message, Reported, wled
from kacenv.model.look import Color, parse_setting
from kacenv.model.room import Fixture

MakeFixture = Callable[..., Fixture]
TOPIC = "wled/seats"
XML = (
    b'<?xml version="1.0" ?><vs><ac>255</ac><cl>255</cl><cl>128</cl><cl>64</cl>'
    b"<cs>0</cs><cs>0</cs><cs>0</cs><ns>0</ns><nr>1</nr><fx>0</fx><wv>-1</wv><ds>WLED</ds></vs>"
)


@pytest.fixture
def lamp(make_fixture: MakeFixture) -> Fixture:
    """A strip with level, white and colour."""
    return make_fixture("wled", "level", "kelvin", "color", "transition", topic=TOPIC)


@pytest.mark.parametrize(
    ("asked", "span", "said"),
    [
        ("100%", 0.7, b'{"on":true,"bri":255,"tt":7}'),
        ("50%", 60.0, b'{"on":true,"bri":47,"tt":255}'),
        ("off", 2.0, b'{"on":false,"tt":20}'),
        (
            "100% #ff8040",
            1.0,
            b'{"on":true,"bri":255,"tt":10,"seg":{"fx":0,"col":[[255,128,64]]}}',
        ),
        (
            "100% 2500 K",
            1.0,
            b'{"on":true,"bri":255,"tt":10,"seg":{"fx":0,"cct":2500,"col":[[0,0,0,255]]}}',
        ),
    ],
)
def test_a_look_is_one_call(lamp: Fixture, asked: str, span: float, said: bytes) -> None:
    """Light is linear in its number; time is in tenths, and never more than 25.5 s."""
    messages = wled.encode(lamp, parse_setting(asked), Seconds(span))
    assert messages == (Message("wled/seats/api", said),)


@pytest.mark.parametrize(
    ("suffix", "payload", "report"),
    [
        ("/g", b"0", Reported(Level(0.0))),
        ("/g", b"255", Reported(Level(1.0))),
        ("/c", b"#FF8040", Reported(color=Color(255, 128, 64))),
        ("/c", b"#00FF8040", Reported(color=Color(255, 128, 64))),
        ("/c", b"#FF000000", None),
        (
            "/v",
            XML,
            Reported(Level(1.0), color=Color(255, 128, 64)),
        ),
        (
            "/v",
            b'{"state":{"on":true,"bri":255,"seg":[{"id":0,"col":[[255,128,64],[0,0,0]]}]}}',
            Reported(Level(1.0), color=Color(255, 128, 64)),
        ),
        (
            "/v",
            b'{"on":false,"bri":128,"seg":[{"cct":2500}]}',
            Reported(Level(0.0), Kelvin(2500.0)),
        ),
        ("/status", b"online", Reported(available=True)),
        ("/status", b"offline", Reported(available=False)),
    ],
)
def test_reports_are_understood(
    lamp: Fixture, suffix: str, payload: bytes, report: Reported | None
) -> None:
    """Brightness, colour, and both in XML or JSON."""
    assert wled.decode(lamp, TOPIC + suffix, payload) == report


@pytest.mark.parametrize(
    ("suffix", "payload"),
    [
        ("/g", b"256"),
        ("/g", b"-1"),
        ("/v", b"<ac>999</ac>"),
        ("/v", b"<cl>1</cl><cl>2</cl>"),
        ("/v", b'{"on":true,"seg":[7]}'),
        ("/v", b'{"seg":{"col":[[1,2,"x"]]}}'),
        ("/status", b"on"),
        ("", b"255"),
        ("/api", b'{"on":false}'),
    ],
)
def test_odd_reports_say_nothing(lamp: Fixture, suffix: str, payload: bytes) -> None:
    """What no lamp can be, and what was said to the lamp, isn't believed."""
    assert wled.decode(lamp, TOPIC + suffix, payload) is None


def test_a_white_strip_keeps_its_channels(make_fixture: MakeFixture) -> None:
    """A strip without colours is told its white alone, one that is switched on and off."""
    strip = make_fixture("wled", "kelvin", topic=TOPIC)
    (message,) = wled.encode(strip, parse_setting("40% 9000 K"), Seconds(0.0))
    assert message.payload == b'{"on":true,"tt":0,"seg":{"fx":0,"cct":6500}}'
    assert wled.decode(strip, f"{TOPIC}/g", b"3") == Reported(Level(1.0))
