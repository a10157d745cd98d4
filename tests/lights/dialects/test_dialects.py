"""What holds for every dialect, whatever comes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.lights.dialects import CODECS, codec
from kacenv.look import Setting
from kacenv.room import Ability, Dialect, Fixture
from kacenv.units import Kelvin, Level, Seconds

STATE_TOPIC = "house/lamp/state"


@st.composite
def fixtures(draw: st.DrawFn) -> Fixture:
    """Lamps of every dialect and ability."""
    fields = {
        "id": "lamp",
        "dialect": draw(st.sampled_from(Dialect)),
        "topic": "house/lamp",
        "state_topic": STATE_TOPIC,
        "zone": "seats",
        "can": tuple(draw(st.sets(st.sampled_from(Ability)))),
        "scale": draw(st.integers(1, 65535)),
    }
    return Fixture.model_validate(fields)


def settings() -> st.SearchStrategy[Setting]:
    """Everything a look can ask for."""
    levels = st.floats(0.0, 1.0).map(Level)
    return st.builds(Setting, levels, st.none() | st.floats(1000.0, 10000.0).map(Kelvin))


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_FIELDS = st.dictionaries(
    st.sampled_from(["state", "brightness", "color_temp", "color_mode", "transition"]), _JUNK
)
_PAYLOADS = (
    st.binary(max_size=200)
    | _FIELDS.map(lambda fields: json.dumps(fields).encode())
    | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))
)


def test_every_dialect_of_the_room_file_is_spoken() -> None:
    """No lamp that a room may name is left without words."""
    assert set(CODECS) == set(Dialect)


@given(fixtures(), _PAYLOADS)
def test_hostile_payloads_never_raise(fixture: Fixture, payload: bytes) -> None:
    """Whatever comes, a report is None or within what a lamp can be."""
    speech = codec(fixture)
    for topic in (*speech.subscriptions(fixture), fixture.topic, ""):
        report = speech.decode(fixture, topic, payload)
        if report is not None:
            assert report.level is None or 0 <= report.level <= 1
            assert report.kelvin is None or 1000 <= report.kelvin <= 20000


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b'{"state":"ON","brightness":NaN}',
        b'{"brightness":Infinity}',
        b'{"brightness":-1}',
        b'{"brightness":true}',
        b'{"brightness":"9"}',
        b'{"brightness":1e400}',
        b'{"brightness":' + b"9" * 5000 + b"}",
        b"[" * 60000,
        b'{"state":"OFF"' + b" " * 70000 + b"}",
        b"\xff\xfe\x00",
        b"nan",
        b"-1",
        b"1_0",
        b"999999",
        b" 5",
    ],
)
@pytest.mark.parametrize("dialect", Dialect)
def test_nonsense_says_nothing(dialect: Dialect, payload: bytes) -> None:
    """What isn't JSON, is huge, not a number or out of range isn't taken for a report."""
    described = {"id": "lamp", "topic": "house/lamp", "state_topic": STATE_TOPIC, "zone": "seats"}
    fixture = Fixture.model_validate({**described, "dialect": dialect})
    assert codec(fixture).decode(fixture, STATE_TOPIC, payload) is None


@given(fixtures(), settings())
def test_what_is_encoded_is_decoded_within_a_unit(fixture: Fixture, setting: Setting) -> None:
    """A lamp that reports exactly what it was told is read as showing it."""
    speech = codec(fixture)
    messages = speech.encode(fixture, setting, Seconds(3.0))
    said: dict[str, Any] = {}
    for message in messages:
        report = speech.decode(fixture, STATE_TOPIC, message.payload)
        assert report is not None
        said |= {name: value for name, value in report._asdict().items() if value is not None}
    scale = speech.scale(fixture)
    assert scale.units(said["level"]) == scale.units(setting.level)
    if "kelvin" in said and setting.kelvin is not None:
        shown = min(max(setting.kelvin, fixture.warmest), fixture.coolest)
        assert 1e6 / said["kelvin"] == pytest.approx(1e6 / shown, abs=0.51)


@given(fixtures(), settings(), st.floats(0.0, 1e5))
def test_a_white_is_said_only_to_lamps_that_have_one(
    fixture: Fixture, setting: Setting, transition: float
) -> None:
    """No field is sent that the room file doesn't grant the lamp."""
    messages = codec(fixture).encode(fixture, setting, Seconds(transition))
    payloads = b"".join(message.payload for message in messages)
    assert Ability.KELVIN in fixture.can or b"color_temp" not in payloads
    assert Ability.LEVEL in fixture.can or b"brightness" not in payloads
