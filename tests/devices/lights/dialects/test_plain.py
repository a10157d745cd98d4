"""Bare numbers."""

import pytest
from pydantic import ValidationError
from support.dialects import MakeCodec, sent, sent_payload

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import LampCodec, Reported
from kacenv.model.look import parse_setting


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
    make_codec: MakeCodec, setting: str, scale: int, payload: bytes
) -> None:
    """Half as bright to the eye is 18 % of the light."""
    lamp = make_codec("plain", "level", scale=scale)
    assert sent(lamp, setting, 9.0) == [("house/lamp", payload)]


def test_a_switched_lamp_is_given_all_or_nothing(make_codec: MakeCodec) -> None:
    """Full is the scale's number, also for a lamp that can't be dimmed."""
    lamp = make_codec("plain", scale=255, state_topic="s")
    assert sent_payload(lamp, "10%") == b"255"
    assert lamp.decode("s", b"3") == Reported(Level(1.0))


def test_a_number_is_a_report(make_codec: MakeCodec) -> None:
    """Whole or broken, between 0 and full."""
    lamp = make_codec("plain", "level", scale=100, state_topic="s")
    assert lamp.decode("s", b"100") == Reported(Level(1.0))
    assert lamp.decode("s", b"0.0") == Reported(Level(0.0))
    assert lamp.decode("s", b"100.5") == Reported()
    assert lamp.decode("house/lamp", b"100") == Reported()


def test_there_is_no_white(make_codec: MakeCodec) -> None:
    """A bare number can't say one."""
    lamp = make_codec("plain", "level")
    assert lamp.encode_color(parse_setting("60% 2200 K"), Seconds(1.0)) == ()
    assert lamp.subscriptions == ()


@pytest.fixture
def worded(make_codec: MakeCodec) -> LampCodec:
    """A dimmer with words of its own."""
    return make_codec(
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


def test_the_room_files_words_are_used(worded: LampCodec) -> None:
    """Only the placeholders change, whatever else has braces; a white is a message of its own."""
    both = [("house/lamp", b'{"ct": 400}'), ("house/lamp", b'{"dim": 255}')]
    assert sent(worded, "100% 2500 K") == both


@pytest.mark.parametrize(
    ("payload", "report"),
    [
        (b'{"light":{"dim":255,"ct":400}}', Reported(Level(1.0), Kelvin(2500.0))),
        (b'{"light":{"dim":0}}', Reported(Level(0.0))),
        (b'{"light":{"dim":256}}', Reported()),
        (b'{"light":[255]}', Reported()),
        (b'{"dim":255}', Reported()),
        (b"255", Reported()),
    ],
)
def test_the_room_files_keys_are_read(worded: LampCodec, payload: bytes, report: Reported) -> None:
    """Dots lead from one block into the next."""
    assert worded.decode("s", payload) == report


def test_a_white_may_be_in_kelvin(make_codec: MakeCodec) -> None:
    """As the words in the room file have it."""
    words = {"white_payload": "W{kelvin}", "state_key": "l", "white_key": "w"}
    lamp = make_codec("plain", "level", "kelvin", state_topic="s", **words)
    (message,) = lamp.encode_color(parse_setting("60% 9000 K"), Seconds(0.0))
    assert message.payload == b"W6500"
    assert lamp.decode("s", b'{"w":2500}') == Reported(kelvin=Kelvin(2500.0))
    assert lamp.decode("s", b'{"w":25}') == Reported()


@pytest.mark.parametrize("words", [{"payload": "{}"}, {"white_payload": "{level}"}])
def test_words_without_their_number_are_refused(
    make_codec: MakeCodec, words: dict[str, str]
) -> None:
    """A template that would say the same at every level is a slip."""
    with pytest.raises(ValidationError, match="a text with"):
        make_codec("plain", **words)
