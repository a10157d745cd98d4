"""Contract of every dialect: its codec against the device's side of it, for any input."""

import json
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.lamps import TIMEOUT, LitRoom
from support.mosquitto import Mosquitto

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import ParsedCommand, Reported, codec, device_side
from kacenv.devices.lights.fades.trajectory import MIRED
from kacenv.model.dialects import WORDS, Dialect
from kacenv.model.look import Color, Setting
from kacenv.model.room import Ability, Fixture

MakeHouse = Callable[..., LitRoom]
TOPICS = {"topic": "house/lamp", "state_topic": "house/state", "availability_topic": "house/there"}
_TEMPLATES: dict[str, Any] = {
    "payload": '{"dim": {level}}',
    "white_payload": '{"ct": {kelvin}}',
    "state_key": "light.dim",
    "white_key": "light.ct",
}


@st.composite
def fixtures(draw: st.DrawFn) -> Fixture:
    """Return lamps of every dialect and ability, with or without templates."""
    fields = {
        "id": "lamp",
        "dialect": draw(st.sampled_from(Dialect)),
        "zone": "seats",
        "can": tuple(draw(st.sets(st.sampled_from(Ability)))),
        "scale": draw(st.integers(1, 65535)),
    }
    return Fixture.model_validate({**fields, **TOPICS, **draw(st.sampled_from([{}, _TEMPLATES]))})


def settings() -> st.SearchStrategy[Setting]:
    """Return all settings that a look can contain."""
    levels = st.floats(0.0, 1.0).map(Level)
    parts = st.permutations([255, *(0, 128)]) | st.permutations([255, 90, 30])
    kelvins = st.none() | st.floats(1000.0, 10000.0).map(Kelvin)
    whites = st.builds(Setting, levels, kelvins, st.none())
    colors = st.builds(Setting, levels, st.none(), parts.map(lambda three: Color(*three)))
    return whites | colors


_NAMES = st.text(max_size=8) | st.sampled_from(
    [
        *("state", "brightness", "color_temp", "color_mode", "color", "transition", "r", "x", "y"),
        *("POWER", "Dimmer", "HSBColor", "White", "CT", "on", "bri", "seg", "col", "cct", "value"),
        *("output", "ct", "rgb", "params", "result", "light:0", "method", "src", "options"),
        *("light", "dim", "red", "warmWhite", "coldWhite", "transitionDuration", "mode", "hue"),
    ]
)
_JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["ON", "OFF", "xy", "1,2,3", "online", "5s"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=8,
)
_PAYLOADS = (
    st.binary(max_size=200)
    | st.dictionaries(_NAMES, _JUNK).map(lambda fields: json.dumps(fields).encode())
    | _JUNK.map(lambda value: json.dumps(value).encode())
    | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))
)


def a_lamp(dialect: str, **fields: Any) -> Fixture:
    """Return a lamp with topics, of every ability unless told otherwise."""
    described = {"id": "lamp", "zone": "seats", "dialect": dialect, "can": list(Ability)}
    return Fixture.model_validate({**described, **TOPICS, **fields})


def every_topic(fixture: Fixture) -> tuple[str, ...]:
    """Return a lamp's report and command topics, and unrelated ones."""
    commands = device_side(fixture).command_topics
    return (*codec(fixture).subscriptions, *commands, "", "house/lamp")


@given(fixtures(), _PAYLOADS)
def test_hostile_payloads_never_raise(fixture: Fixture, payload: bytes) -> None:
    """Whatever comes, a report is empty or within what a lamp can be."""
    for topic in every_topic(fixture):
        report = codec(fixture).decode(topic, payload)
        assert report.level is None or 0 <= report.level <= 1
        assert report.kelvin is None or 1000 <= report.kelvin <= 20000
        assert report.color is None or all(0 <= part <= 255 for part in report.color)


@given(fixtures(), _PAYLOADS)
def test_virtual_lamps_never_stumble(fixture: Fixture, payload: bytes) -> None:
    """Whatever a lamp is told, it understands something possible, or nothing."""
    device = device_side(fixture)
    for topic in device.command_topics:
        heard = device.decode_command(topic, payload)
        device.answers(payload, taken=heard is not None)
        if heard is not None:
            assert heard.level is None or 0 <= heard.level <= 1
            assert heard.transition >= 0


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
        b"5 %",
    ],
)
@pytest.mark.parametrize("dialect", Dialect)
def test_nonsense_says_nothing(dialect: Dialect, payload: bytes) -> None:
    """What isn't JSON, is huge, not a number or out of range isn't taken for a report."""
    for words in ({}, _TEMPLATES):
        fixture = a_lamp(dialect, **words)
        for topic in every_topic(fixture):
            assert codec(fixture).decode(topic, payload) == Reported()


class Exchange(NamedTuple):
    """A setting on its way to a lamp and back."""

    fixture: Fixture
    asked: Setting
    heard: ParsedCommand
    """What the lamp has heard of it."""
    report: Reported
    """What kacenv has read in the lamp's report."""


def exchange(fixture: Fixture, asked: Setting, transition: float = 3.0) -> Exchange:
    """Encode a setting, have a virtual lamp hear and report it, and decode that."""
    lamp, device = codec(fixture), device_side(fixture)
    told = lamp.encode(asked, Seconds(transition))
    commands = [device.decode_command(message.topic, message.payload) for message in told]
    assert None not in commands
    heard = ParsedCommand._make(reduce(newest, filter(None, commands), ParsedCommand()))
    assert heard.level is not None
    shown = Setting(heard.level, heard.kelvin, heard.color)
    read = [lamp.decode(topic, payload) for topic, payload in device.reports(shown)]
    return Exchange(fixture, asked, heard, Reported._make(reduce(newest, read, Reported())))


def newest(old: Iterable[Any], new: Iterable[Any]) -> Any:
    """Return the newest value of each field."""
    return [was if now is None else now for was, now in zip(old, new, strict=True)]


@given(fixtures(), settings())
def test_what_is_encoded_is_decoded_within_a_unit(fixture: Fixture, setting: Setting) -> None:
    """Told, heard by a virtual lamp, reported and read: it is what was asked for."""
    _, _, heard, report = result = exchange(fixture, setting)
    assert_heard(result)
    scale = codec(fixture).scale
    assert report.level is not None
    assert scale.units(report.level) == scale.units(setting.level)
    if report.kelvin is not None and heard.kelvin is not None:
        assert MIRED / report.kelvin == pytest.approx(MIRED / heard.kelvin, abs=2)
    if heard.color is not None:
        assert report.color is not None
        assert report.color == pytest.approx(heard.color, abs=4)


def assert_heard(result: Exchange) -> None:
    """Assert that a lamp was told the setting within its and its dialect's abilities."""
    fixture, asked, heard, _ = result
    lamp, words = codec(fixture), WORDS[fixture.dialect]
    white, color = lamp.shown_white(asked), lamp.shown_color(asked)
    needs_template = "white_payload" in words.white and fixture.white_payload is None
    if color is not None and words.color != "no":
        assert heard.color == color
    elif white is not None and words.white != "no" and not needs_template:
        assert heard.kelvin is not None
        assert MIRED / heard.kelvin == pytest.approx(MIRED / white, abs=1)
    else:
        assert heard.color is None
        assert heard.kelvin is None


@given(fixtures(), settings(), st.floats(0.0, 1e5))
def test_nothing_is_said_that_a_lamp_cannot(
    fixture: Fixture, setting: Setting, transition: float
) -> None:
    """No field is sent that the room file doesn't grant the lamp, and no time beyond its own."""
    lamp = codec(fixture)
    payloads = b"".join(one.payload for one in lamp.encode(setting, Seconds(transition)))
    assert Ability.KELVIN in fixture.can or not any(
        word in payloads for word in (b"color_temp", b"CT ", b"ct", b"warmWhite")
    )
    assert Ability.COLOR in fixture.can or not any(
        word in payloads for word in (b'"color"', b"Color2", b'"col"', b"rgb", b'"red"')
    )
    assert Ability.LEVEL in fixture.can or not any(
        word in payloads for word in (b"brightness", b"Dimmer", b'"bri"')
    )
    assert exchange(fixture, setting, transition).heard.transition <= lamp.LONGEST


@pytest.mark.parametrize("available", [True, False])
@pytest.mark.parametrize("dialect", Dialect)
def test_a_lamp_tells_if_it_is_there(dialect: Dialect, available: bool) -> None:
    """On a topic that kacenv listens to, and in words that it knows."""
    fixture = a_lamp(dialect)
    message = device_side(fixture).availability(available)
    assert message is not None
    assert message.topic in codec(fixture).subscriptions
    assert codec(fixture).decode(*message) == Reported(available=available)


@pytest.mark.parametrize("dialect", Dialect)
def test_a_question_changes_nothing(dialect: Dialect) -> None:
    """A lamp that is asked for its state doesn't take that for a command, nor for a report."""
    fixture = a_lamp(dialect)
    for message in codec(fixture).state_query:
        assert device_side(fixture).decode_command(*message) is None
        assert codec(fixture).decode(*message) == Reported()


@pytest.mark.parametrize("dialect", [one for one in Dialect if codec(a_lamp(one)).state_query])
def test_a_bright_lamp_that_nobody_knew_is_led_from_where_it_is(
    make_house: MakeHouse, mosquitto: Mosquitto, dialect: str
) -> None:
    """Its last report was long before the room opened: it isn't made dark to find it."""
    described = {"id": "lamp", "dialect": dialect, "zone": "seats", "can": ["level"]}
    house = make_house(mosquitto.port, described)
    lamp = house.lamps["lamp"]
    lamp.turn(Level(0.6))
    house.start()
    house.show("20%", 2.0)
    assert house.reaches(0.2)
    levels = [level for _, level in lamp.log]
    assert len(levels) > 2
    assert levels == sorted(levels, reverse=True)
    assert house.staff.heard == []
    assert lamp.wait_for(lambda lamp: lamp.level_now == pytest.approx(0.2, abs=0.01), TIMEOUT)
