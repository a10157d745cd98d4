"""Tasmota, from documented payloads."""

import pytest
from support.dialects import MakeCodec, sent

from kacenv.core.units import Level
from kacenv.devices.lights.dialects import LampCodec, Reported
from kacenv.devices.lights.dialects.payloads import from_mired
from kacenv.model.look import Color


@pytest.fixture
def lamp(make_codec: MakeCodec) -> LampCodec:
    """A bulb with level, white and colour."""
    return make_codec("tasmota", "level", "kelvin", "color", "transition", topic="seat-left")


@pytest.mark.parametrize(
    ("asked", "span", "said"),
    [
        ("40% 2500 K", 10.0, b"Speed 20;Dimmer 40;Scheme 0;CT 400;Power ON"),
        ("40% #ff8040", 10.0, b"Speed 20;Dimmer 40;Color2 FF8040;Power ON"),
        ("100%", 0.0, b"Speed 1;Dimmer 100;Scheme 0;Power ON"),
        ("off", 3.3, b"Speed 7;Power OFF"),
        ("1%", 3600.0, b"Speed 40;Dimmer 1;Scheme 0;Power ON"),
    ],
)
def test_a_look_is_one_backlog(lamp: LampCodec, asked: str, span: float, said: bytes) -> None:
    """Fade stays on, and counts half-seconds for the whole way, however short.

    A lit look says `Power ON`: with `SetOption20 1` a dimmer switches nothing on. It ends a scheme
    that was left running, as `Color` does by itself.
    """
    whole = b"SetOption117 1;Fade 1;" + said
    assert sent(lamp, asked, span) == [("cmnd/seat-left/Backlog0", whole)]


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
        (b'{"POWER":"ON"}', Reported()),
        (b'{"HSBColor":"400,1,1"}', Reported()),
        (b'{"HSBColor":"1,1"}', Reported()),
        ('{"HSBColor":"²,1,1"}'.encode(), Reported()),
        (b'{"Dimmer":101}', Reported()),
        (b'{"CT":5}', Reported()),
    ],
)
def test_results_are_understood(lamp: LampCodec, payload: bytes, report: Reported) -> None:
    """Level, and white or colour, of which the lamp shows one; what no lamp can be is ignored."""
    assert lamp.decode("stat/seat-left/RESULT", payload) == report
    assert lamp.decode("tele/seat-left/STATE", payload) == report


def test_the_last_will_is_spelled_its_way(lamp: LampCodec) -> None:
    """With a capital."""
    assert lamp.decode("tele/seat-left/LWT", b"Online") == Reported(available=True)
    assert lamp.decode("tele/seat-left/LWT", b"online") == Reported()


def test_a_full_topic_of_ones_own_is_followed(make_codec: MakeCodec) -> None:
    """The prefix stands where the clinic has put it."""
    lamp = make_codec("tasmota", topic="clinic/seat-left/%prefix%")
    ((topic, payload),) = sent(lamp, "50%", 1.0)
    assert topic == "clinic/seat-left/cmnd/Backlog0"
    assert payload.endswith(b";Power ON")
    report = lamp.decode("clinic/seat-left/stat/RESULT", b'{"POWER":"ON"}')
    assert report == Reported(Level(1.0))


def test_its_state_is_asked_for_by_a_command(lamp: LampCodec) -> None:
    """Whose answer is understood, as the maker's documents have both."""
    assert lamp.state_query == (("cmnd/seat-left/STATE", b""),)
    answer = (
        b'{"Time":"2026-01-05T10:00:00","Uptime":"0T01:00:00","POWER":"ON","Dimmer":60,'
        b'"Color":"99","HSBColor":"0,0,60","Channel":[60],"Fade":"ON","Speed":2}'
    )
    assert lamp.decode("stat/seat-left/RESULT", answer) == Reported(Level(0.6))
