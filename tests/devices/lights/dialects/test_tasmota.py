"""Tasmota, from documented payloads."""

from collections.abc import Callable

import pytest

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import Message, Reported, tasmota
from kacenv.devices.lights.dialects.codec_protocol import from_mired
from kacenv.model.look import Color, Setting, parse_setting
from kacenv.model.room import Fixture

MakeFixture = Callable[..., Fixture]
RESULT = "stat/seat-left/RESULT"


@pytest.fixture
def lamp(make_fixture: MakeFixture) -> Fixture:
    """A bulb with level, white and colour."""
    return make_fixture("tasmota", "level", "kelvin", "color", "transition", topic="seat-left")


@pytest.mark.parametrize(
    ("asked", "span", "said"),
    [
        ("40% 2500 K", 10.0, b"Speed 20;CT 400;Dimmer 40"),
        ("40% #ff8040", 10.0, b"Speed 20;Color2 FF8040;Dimmer 40"),
        ("100%", 0.0, b"Speed 1;Dimmer 100"),
        ("off", 3.3, b"Speed 7;Power OFF"),
        ("1%", 3600.0, b"Speed 40;Dimmer 1"),
    ],
)
def test_a_look_is_one_backlog(lamp: Fixture, asked: str, span: float, said: bytes) -> None:
    """Fade stays on, and counts half-seconds for the whole way, however short."""
    messages = tasmota.encode(lamp, parse_setting(asked), Seconds(span))
    whole = b"SetOption117 1;Fade 1;" + said
    assert messages == (Message("cmnd/seat-left/Backlog0", whole),)


@pytest.mark.parametrize(
    ("payload", "report"),
    [
        (b'{"POWER":"OFF","Dimmer":40}', Reported(Level(0.0))),
        (b'{"POWER1":"OFF"}', Reported(Level(0.0))),
        (b'{"POWER":"ON","Dimmer":40}', Reported(Level(0.4))),
        (
            b'{"POWER":"ON","Dimmer":40,"Color":"0000001A4C","HSBColor":"0,0,0","White":40,"CT":400}',
            Reported(Level(0.4), from_mired(400)),
        ),
        (b'{"HSBColor":"20,75,0","White":40,"CT":400}', Reported(kelvin=from_mired(400))),
        (
            b'{"POWER":"ON","Dimmer":40,"HSBColor":"20,75,40","White":0,"CT":400,"Fade":"ON"}',
            Reported(Level(0.4), color=Color(255, 128, 64)),
        ),
    ],
)
def test_results_are_understood(lamp: Fixture, payload: bytes, report: Reported) -> None:
    """Level, and white or colour, of which the lamp shows one."""
    assert tasmota.decode(lamp, RESULT, payload) == report
    assert tasmota.decode(lamp, "tele/seat-left/STATE", payload) == report


@pytest.mark.parametrize(
    "payload",
    [
        b'{"POWER":"ON"}',
        b'{"HSBColor":"400,1,1"}',
        b'{"HSBColor":"1,1"}',
        '{"HSBColor":"²,1,1"}'.encode(),
        b'{"Dimmer":101}',
        b'{"CT":5}',
    ],
)
def test_odd_results_say_nothing(lamp: Fixture, payload: bytes) -> None:
    """What no lamp can be isn't believed."""
    assert tasmota.decode(lamp, RESULT, payload) is None


def test_the_last_will_is_understood(lamp: Fixture) -> None:
    """Online and offline, as Tasmota spells them."""
    assert tasmota.decode(lamp, "tele/seat-left/LWT", b"Online") == Reported(available=True)
    assert tasmota.decode(lamp, "tele/seat-left/LWT", b"Offline") == Reported(available=False)
    assert tasmota.decode(lamp, "tele/seat-left/LWT", b"online") is None


def test_a_full_topic_of_ones_own_is_followed(make_fixture: MakeFixture) -> None:
    """The prefix stands where the clinic has put it."""
    lamp = make_fixture("tasmota", topic="clinic/seat-left/%prefix%")
    (message,) = tasmota.encode(lamp, Setting(Level(0.5)), Seconds(1.0))
    assert message.topic == "clinic/seat-left/cmnd/Backlog0"
    assert message.payload.endswith(b";Power ON")
    assert tasmota.decode(lamp, "clinic/seat-left/stat/RESULT", b'{"POWER":"ON"}') == Reported(
        Level(1.0)
    )
