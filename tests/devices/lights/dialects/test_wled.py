"""WLED, from documented payloads."""

import pytest
from support.dialects import MakeCodec, sent, sent_payload

from kacenv.core.units import Kelvin, Level
from kacenv.devices.lights.dialects import LampCodec, Reported
from kacenv.model.look import Color

TOPIC = "wled/seats"
COLOR = Color(255, 128, 64)
XML = (
    b'<?xml version="1.0" ?><vs><ac>255</ac><cl>255</cl><cl>128</cl><cl>64</cl>'
    b"<cs>0</cs><cs>0</cs><cs>0</cs><ns>0</ns><nr>1</nr><fx>0</fx><wv>-1</wv><ds>WLED</ds></vs>"
)
JSON = b'{"state":{"on":true,"bri":255,"seg":[{"id":0,"col":[[255,128,64],[0,0,0]]}]}}'


@pytest.fixture
def lamp(make_codec: MakeCodec) -> LampCodec:
    """A strip with level, white and colour."""
    return make_codec("wled", "level", "kelvin", "color", "transition", topic=TOPIC)


@pytest.mark.parametrize(
    ("asked", "span", "said"),
    [
        ("100%", 0.7, b'{"on":true,"bri":255,"tt":7,"nl":{"on":false},"seg":{"fx":0}}'),
        ("50%", 60.0, b'{"on":true,"bri":47,"tt":255,"nl":{"on":false},"seg":{"fx":0}}'),
        ("off", 2.0, b'{"on":false,"tt":20,"nl":{"on":false}}'),
        ("100% #ff8040", 1.0, b'"tt":10,"nl":{"on":false},"seg":{"fx":0,"col":[[255,128,64]]}}'),
        (
            "100% 2500 K",
            1.0,
            b'"tt":10,"nl":{"on":false},"seg":{"fx":0,"cct":2500,"col":[[0,0,0,255]]}}',
        ),
    ],
)
def test_a_look_is_one_call(lamp: LampCodec, asked: str, span: float, said: bytes) -> None:
    """Light is linear in its number; time is in tenths, and never more than 25.5 s."""
    ((topic, payload),) = sent(lamp, asked, span)
    assert topic == "wled/seats/api"
    assert payload.endswith(said)


@pytest.mark.parametrize(
    ("suffix", "payload", "report"),
    [
        ("/g", b"0", Reported(Level(0.0))),
        ("/g", b"255", Reported(Level(1.0))),
        ("/c", b"#FF8040", Reported(color=COLOR)),
        ("/c", b"#00FF8040", Reported(color=COLOR)),
        ("/c", b"#FF000000", Reported()),
        ("/v", XML, Reported(Level(1.0), color=COLOR, effect="")),
        ("/v", b"<ac>255</ac><fx>38</fx>", Reported(Level(1.0), effect="38")),
        ("/v", b'{"seg":[{"fx":0}]}', Reported(effect="")),
        ("/v", JSON, Reported(Level(1.0), color=COLOR)),
        ("/v", b'{"on":false,"bri":9,"seg":[{"cct":2500}]}', Reported(Level(0.0), Kelvin(2500.0))),
        ("/g", b"256", Reported()),
        ("/g", b"-1", Reported()),
        ("/v", b"<ac>999</ac>", Reported()),
        ("/v", b"<cl>1</cl><cl>2</cl>", Reported()),
        ("/v", b'{"on":true,"seg":[7]}', Reported()),
        ("/v", b'{"seg":{"cct":255}}', Reported()),
        ("/v", b'{"seg":{"col":[[1,2,"x"]]}}', Reported()),
        ("/status", b"on", Reported()),
        ("", b"255", Reported()),
        ("/api", b'{"on":false}', Reported()),
    ],
)
def test_reports_are_understood(
    lamp: LampCodec, suffix: str, payload: bytes, report: Reported
) -> None:
    """Brightness, colour, and both in XML or JSON; not what no lamp can be, nor commands."""
    assert lamp.decode(TOPIC + suffix, payload) == report


def test_a_white_strip_keeps_its_channels(make_codec: MakeCodec) -> None:
    """A strip without colours is told its white alone, one that is switched on and off."""
    strip = make_codec("wled", "kelvin", topic=TOPIC)
    assert (
        sent_payload(strip, "40% 9000 K")
        == b'{"on":true,"tt":0,"nl":{"on":false},"seg":{"fx":0,"cct":6500}}'
    )
    assert strip.decode(f"{TOPIC}/g", b"3") == Reported(Level(1.0))
