"""Properties of every dialect, for any input."""

import json
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.lamps import TIMEOUT, LitRoom
from support.mosquitto import Mosquitto

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import CODECS, Message, Reported, codec
from kacenv.devices.lights.dialects.codec_protocol import held, shown_color, shown_white
from kacenv.devices.lights.simulator import DEVICE_CODECS, ParsedCommand
from kacenv.model.look import Color, Setting
from kacenv.model.room import Ability, Dialect, Fixture

MakeFixture = Callable[..., Fixture]
MakeHouse = Callable[..., LitRoom]
TOPICS = {"topic": "house/lamp", "state_topic": "house/state", "availability_topic": "house/there"}
_WORDS: dict[str, Any] = {
    "payload": '{"dim": {level}}',
    "white_payload": '{"ct": {kelvin}}',
    "state_key": "light.dim",
    "white_key": "light.ct",
}
MIRED = 1e6


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
    return Fixture.model_validate({**fields, **TOPICS, **draw(st.sampled_from([{}, _WORDS]))})


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


def every_topic(fixture: Fixture) -> tuple[str, ...]:
    """Return a lamp's report and command topics, and unrelated ones."""
    bulb = DEVICE_CODECS[fixture.dialect]
    return (*codec(fixture).subscriptions(fixture), *bulb.command_topics(fixture), "", "house/lamp")


def test_every_dialect_of_the_room_file_is_spoken() -> None:
    """No lamp that a room may name is left without words."""
    assert set(CODECS) == set(DEVICE_CODECS) == set(Dialect)


@given(fixtures(), _PAYLOADS)
def test_hostile_payloads_never_raise(fixture: Fixture, payload: bytes) -> None:
    """Whatever comes, a report is None or within what a lamp can be."""
    for topic in every_topic(fixture):
        report = codec(fixture).decode(fixture, topic, payload)
        if report is not None:
            assert report != Reported()
            assert report.level is None or 0 <= report.level <= 1
            assert report.kelvin is None or 1000 <= report.kelvin <= 20000
            assert report.color is None or all(0 <= part <= 255 for part in report.color)


@given(fixtures(), _PAYLOADS)
def test_virtual_lamps_never_stumble(fixture: Fixture, payload: bytes) -> None:
    """Whatever a lamp is told, it understands something possible, or nothing."""
    bulb = DEVICE_CODECS[fixture.dialect]
    for topic in bulb.command_topics(fixture):
        heard = bulb.decode_command(fixture, topic, payload)
        bulb.answers(fixture, payload, taken=heard is not None)
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
    described = {"id": "lamp", "zone": "seats", "dialect": dialect, "can": list(Ability)}
    for words in ({}, _WORDS):
        fixture = Fixture.model_validate({**described, **TOPICS, **words})
        for topic in every_topic(fixture):
            report = codec(fixture).decode(fixture, topic, payload)
            assert report is None


def merged(old: Iterable[Any], new: Iterable[Any]) -> Iterable[Any]:
    """Return the newest value of each field."""
    return [was if now is None else now for was, now in zip(old, new, strict=True)]


@given(fixtures(), settings())
def test_what_is_encoded_is_decoded_within_a_unit(fixture: Fixture, setting: Setting) -> None:
    """Told, heard by a virtual lamp, reported and read: it is what was asked for."""
    speech, bulb = codec(fixture), DEVICE_CODECS[fixture.dialect]
    told = speech.encode(fixture, setting, Seconds(3.0))
    heard = [bulb.decode_command(fixture, message.topic, message.payload) for message in told]
    assert None not in heard
    nothing: Iterable[Any] = ParsedCommand()
    hearing = ParsedCommand._make(reduce(merged, filter(None, heard), nothing))
    assert hearing.level is not None
    shown = Setting(hearing.level, hearing.kelvin, hearing.color)
    reports = [
        speech.decode(fixture, message.topic, message.payload)
        for message in bulb.reports(fixture, shown)
    ]
    silence: Iterable[Any] = Reported()
    report = Reported._make(reduce(merged, filter(None, reports), silence))
    assert_like(fixture, hearing, setting)
    scale = speech.scale(fixture)
    assert report.level is not None
    assert scale.units(report.level) == scale.units(setting.level)
    if report.kelvin is not None and hearing.kelvin is not None:
        assert MIRED / report.kelvin == pytest.approx(MIRED / hearing.kelvin, abs=2)
    if hearing.color is not None:
        assert report.color is not None
        assert report.color == pytest.approx(hearing.color, abs=4)


def assert_like(fixture: Fixture, heard: ParsedCommand, asked: Setting) -> None:
    """Assert that a lamp was told the setting within its abilities, and within a unit."""
    white, color = shown_white(fixture, asked), shown_color(fixture, asked)
    silent = fixture.dialect is Dialect.PLAIN
    if color is not None and not silent:
        assert heard.color == color
    elif white is not None and not (silent and fixture.white_payload is None):
        assert heard.kelvin is not None
        assert MIRED / heard.kelvin == pytest.approx(MIRED / held(fixture, white), abs=1)
    else:
        assert heard.color is None
        assert heard.kelvin is None


@given(fixtures(), settings(), st.floats(0.0, 1e5))
def test_nothing_is_said_that_a_lamp_cannot(
    fixture: Fixture, setting: Setting, transition: float
) -> None:
    """No field is sent that the room file doesn't grant the lamp, and no time beyond its own."""
    bulb = DEVICE_CODECS[fixture.dialect]
    messages = codec(fixture).encode(fixture, setting, Seconds(transition))
    payloads = b"".join(message.payload for message in messages)
    assert Ability.KELVIN in fixture.can or not any(
        word in payloads for word in (b"color_temp", b"CT ", b"ct", b"warmWhite")
    )
    assert Ability.COLOR in fixture.can or not any(
        word in payloads for word in (b'"color"', b"Color2", b'"col"', b"rgb", b'"red"')
    )
    assert Ability.LEVEL in fixture.can or not any(
        word in payloads for word in (b"brightness", b"Dimmer", b'"bri"')
    )
    for message in messages:
        heard = bulb.decode_command(fixture, message.topic, message.payload)
        assert heard is not None
        assert heard.transition <= codec(fixture).LONGEST


QUERIES = {
    "zigbee2mqtt": ("house/lamp/get", b'{"state":"","brightness":""}'),
    "zigbee2mqtt-group": ("house/lamp/get", b'{"state":"","brightness":""}'),
    "tasmota": ("cmnd/house/lamp/STATE", b""),
    "shelly": (
        "house/lamp/rpc",
        b'{"id":1,"src":"kacenv/house/lamp","method":"Light.GetStatus","params":{"id":0}}',
    ),
}


@pytest.mark.parametrize("dialect", QUERIES)
def test_the_question_is_the_makers(make_fixture: MakeFixture, dialect: str) -> None:
    """Each dialect that knows a question has its documented words for it."""
    fixture = make_fixture(dialect, "level")
    assert codec(fixture).state_query(fixture) == (Message(*QUERIES[dialect]),)


@pytest.mark.parametrize("dialect", ["home-assistant", "wled", "zwave-js", "plain"])
def test_others_can_not_be_asked(make_fixture: MakeFixture, dialect: str) -> None:
    """They report when they change, and what the broker has kept."""
    fixture = make_fixture(dialect, "level", state_topic="x")
    assert codec(fixture).state_query(fixture) == ()


@pytest.mark.parametrize(
    ("dialect", "topic", "payload"),
    [
        (
            "tasmota",
            "stat/house/lamp/RESULT",
            (
                b'{"Time":"2026-01-05T10:00:00","Uptime":"0T01:00:00","POWER":"ON","Dimmer":60,'
                b'"Color":"99","HSBColor":"0,0,60","Channel":[60],"Fade":"ON","Speed":2}'
            ),
        ),
        (
            "shelly",
            "kacenv/house/lamp/rpc",
            (
                b'{"id":1,"src":"house/lamp","dst":"kacenv/house/lamp","result":'
                b'{"id":0,"source":"init","output":true,"brightness":60.00}}'
            ),
        ),
    ],
)
def test_the_answer_is_understood(
    make_fixture: MakeFixture, dialect: str, topic: str, payload: bytes
) -> None:
    """As the makers' documents have it."""
    fixture = make_fixture(dialect, "level")
    report = codec(fixture).decode(fixture, topic, payload)
    assert report is not None
    assert report.level == pytest.approx(0.6)


@pytest.mark.parametrize("dialect", QUERIES)
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
