"""Home Assistant's JSON schema, from documented payloads."""

from collections.abc import Callable

import pytest

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights.dialects import Message, Reported, home_assistant
from kacenv.devices.lights.dialects.codec_protocol import from_mired
from kacenv.model.look import Color, Setting, parse_setting
from kacenv.model.room import Fixture

MakeFixture = Callable[..., Fixture]


@pytest.fixture
def lamp(make_fixture: MakeFixture) -> Fixture:
    """An ESPHome lamp with level and white."""
    return make_fixture(
        "home-assistant",
        "level",
        "kelvin",
        "transition",
        topic="esp/light/lamp/command",
        state_topic="esp/light/lamp/state",
    )


def test_a_look_is_one_command(lamp: Fixture) -> None:
    """Level, white and transition go together, in whole numbers."""
    messages = home_assistant.encode(lamp, parse_setting("40% 2500 K"), Seconds(60.0))
    payload = b'{"state":"ON","brightness":102,"color_temp":400,"transition":60}'
    assert messages == (Message("esp/light/lamp/command", payload),)


def test_off_fades_too(lamp: Fixture) -> None:
    """Off is said with its transition, and without a brightness of 0."""
    (message,) = home_assistant.encode(lamp, parse_setting("off"), Seconds(8.0))
    assert message.payload == b'{"state":"OFF","transition":8}'


@pytest.mark.parametrize(
    ("asked", "said"), [(0.0, b":0}"), (0.3, b":1}"), (2.5, b":3}"), (3.0000001, b":3}")]
)
def test_broken_transitions_are_rounded_up(lamp: Fixture, asked: float, said: bytes) -> None:
    """A whole number of seconds that is never shorter than asked, and 0 said as 0."""
    (message,) = home_assistant.encode(lamp, parse_setting("40%"), Seconds(asked))
    assert message.payload.endswith(b'"transition"' + said)


@pytest.mark.parametrize(("white", "mired"), [("1500 K", b":455"), ("9000 K", b":154")])
def test_white_is_held_to_what_the_lamp_can(lamp: Fixture, white: str, mired: bytes) -> None:
    """A lamp from 2200 K to 6500 K is never asked for more."""
    (message,) = home_assistant.encode(lamp, parse_setting(f"40% {white}"), Seconds(1.0))
    assert b'"color_temp"' + mired in message.payload


@pytest.mark.parametrize(
    ("payload", "report"),
    [
        (b'{"state":"OFF","brightness":51}', Reported(Level(0.0))),
        (b'{"state":"ON","brightness":255}', Reported(Level(1.0))),
        (b'{"brightness":51}', Reported(Level(0.2))),
        (
            b'{"color_mode":"color_temp","state":"ON","brightness":51,"color_temp":400}',
            Reported(Level(0.2), from_mired(400)),
        ),
        (
            b'{"color_mode":"rgb","state":"ON","brightness":51,"color":{"r":9},"color_temp":400}',
            Reported(Level(0.2)),
        ),
    ],
)
def test_reports_are_understood(lamp: Fixture, payload: bytes, report: Reported) -> None:
    """Level and white of a report; off is off, whatever brightness it remembers."""
    assert home_assistant.decode(lamp, "esp/light/lamp/state", payload) == report


@pytest.mark.parametrize("payload", [b'{"state":"ON","brightness":0}', b'{"state":"ON"}', b"{}"])
def test_on_without_a_level_says_nothing(lamp: Fixture, payload: bytes) -> None:
    """A brightness of 0 is ignored, as Home Assistant does."""
    assert home_assistant.decode(lamp, "esp/light/lamp/state", payload) is None


def test_other_topics_say_nothing(lamp: Fixture) -> None:
    """Its own commands aren't taken for reports."""
    assert home_assistant.decode(lamp, lamp.topic, b'{"state":"OFF"}') is None


def test_a_switched_lamp_has_no_brightness(make_fixture: MakeFixture) -> None:
    """On and off are all a lamp without level is told or asked."""
    plug = make_fixture("home-assistant", state_topic="s")
    (message,) = home_assistant.encode(plug, Setting(Level(0.1)), Seconds(0.0))
    assert message.payload == b'{"state":"ON","transition":0}'
    assert home_assistant.decode(plug, "s", b'{"state":"ON"}') == Reported(Level(1.0))


def test_a_lamp_without_state_topic_is_not_listened_to(make_fixture: MakeFixture) -> None:
    """No topic, no subscription."""
    assert home_assistant.subscriptions(make_fixture("home-assistant")) == ()


def test_a_colour_goes_in_parts(make_fixture: MakeFixture) -> None:
    """Red, green and blue at full; the brightness says how much of it."""
    lamp = make_fixture("home-assistant", "level", "kelvin", "color")
    (message,) = home_assistant.encode(lamp, parse_setting("40% #ff8040"), Seconds(0.0))
    color = b'"color":{"r":255,"g":128,"b":64}'
    assert message.payload == b'{"state":"ON","brightness":102,' + color + b',"transition":0}'


@pytest.mark.parametrize(
    ("payload", "color"),
    [
        (b'{"color_mode":"rgb","color":{"r":128,"g":64,"b":32}}', Color(255, 128, 64)),
        (b'{"color_mode":"xy","color":{"x":0.64,"y":0.33}}', Color(255, 0, 0)),
        (b'{"color_mode":"hs","color":{"h":0,"s":100}}', Color(255, 0, 0)),
    ],
)
def test_reported_colours_are_understood(
    make_fixture: MakeFixture, payload: bytes, color: Color
) -> None:
    """In parts, as a chromaticity or as a hue, brought to full."""
    lamp = make_fixture("home-assistant", "level", "color", state_topic="s")
    report = home_assistant.decode(lamp, "s", payload)
    assert report is not None
    assert report.color is not None
    assert report.color == pytest.approx(color, abs=3)


def test_availability_is_read_where_the_room_file_says(make_fixture: MakeFixture) -> None:
    """Online and offline, bare."""
    lamp = make_fixture("home-assistant", state_topic="s", availability_topic="a")
    assert home_assistant.decode(lamp, "a", b"online") == Reported(available=True)
    assert home_assistant.subscriptions(lamp) == ("s", "a")
