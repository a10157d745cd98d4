"""Bare numbers."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import Message, Reported, plain
from kacenv.model.look import Setting, parse_setting
from kacenv.model.room import Fixture

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
    assert plain.encode_color(lamp, parse_setting("60% 2200 K"), Seconds(1.0)) == ()
    assert plain.subscriptions(lamp) == ()


@pytest.fixture
def worded(make_fixture: MakeFixture) -> Fixture:
    """A dimmer with words of its own."""
    return make_fixture(
        "plain",
        "level",
        "kelvin",
        scale=255,
        state_topic="s",
        availability_topic="a",
        payload='{"dim": {level}}',
        white_payload='{"ct": {mired}}',
        state_key="light.dim",
        white_key="light.ct",
    )


def test_the_room_files_words_are_used(worded: Fixture) -> None:
    """Only the placeholders change, whatever else has braces; a white is a message of its own."""
    assert plain.encode(worded, parse_setting("100% 2500 K"), Seconds(1.0)) == (
        Message("house/lamp", b'{"ct": 400}'),
        Message("house/lamp", b'{"dim": 255}'),
    )


@pytest.mark.parametrize(
    ("payload", "report"),
    [
        (b'{"light":{"dim":255,"ct":400}}', Reported(Level(1.0), Kelvin(2500.0))),
        (b'{"light":{"dim":0}}', Reported(Level(0.0))),
        (b'{"light":{"dim":256}}', None),
        (b'{"light":[255]}', None),
        (b'{"dim":255}', None),
        (b"255", None),
    ],
)
def test_the_room_files_keys_are_read(
    worded: Fixture, payload: bytes, report: Reported | None
) -> None:
    """Dots lead from one block into the next."""
    assert plain.decode(worded, "s", payload) == report


def test_availability_is_read_where_the_room_file_says(worded: Fixture) -> None:
    """Online and offline."""
    assert plain.decode(worded, "a", b"offline") == Reported(available=False)
    assert plain.subscriptions(worded) == ("s", "a")


def test_a_white_may_be_in_kelvin(make_fixture: MakeFixture) -> None:
    """As the words in the room file have it."""
    lamp = make_fixture(
        "plain",
        "level",
        "kelvin",
        state_topic="s",
        white_payload="W{kelvin}",
        state_key="l",
        white_key="w",
    )
    (message,) = plain.encode_color(lamp, parse_setting("60% 9000 K"), Seconds(0.0))
    assert message.payload == b"W6500"
    assert plain.decode(lamp, "s", b'{"w":2500}') == Reported(kelvin=Kelvin(2500.0))
    assert plain.decode(lamp, "s", b'{"w":25}') is None


@pytest.mark.parametrize("words", [{"payload": "{}"}, {"white_payload": "{level}"}])
def test_words_without_their_number_are_refused(
    make_fixture: MakeFixture, words: dict[str, str]
) -> None:
    """A template that would say the same at every level is a slip."""
    with pytest.raises(ValidationError, match="a text with"):
        make_fixture("plain", **words)
