"""Shelly's second generation, from documented payloads."""

import json

import pytest
from support.dialects import MakeCodec, sent, sent_payload

from kacenv.core.units import Kelvin, Level
from kacenv.devices.lights.dialects import LampCodec, Reported
from kacenv.model.look import Color

TOPIC = "shellyplusdimmer-a1b2"


@pytest.fixture
def lamp(make_codec: MakeCodec) -> LampCodec:
    """A dimmer."""
    return make_codec("shelly", "level", "transition", topic=TOPIC)


def test_a_look_is_one_call(lamp: LampCodec) -> None:
    """The time goes inside the parameters: outside, it would be ignored."""
    payload = (
        b'{"id":1,"src":"kacenv/shellyplusdimmer-a1b2","method":"Light.Set",'
        b'"params":{"id":0,"on":true,"brightness":40,"transition_duration":60.0}}'
    )
    assert sent(lamp, "40%", 60.0) == [(f"{TOPIC}/rpc", payload)]


@pytest.mark.parametrize(
    ("can", "asked", "method", "wanted"),
    [
        ("level", "off", "Light.Set", {"on": False}),
        ("", "40%", "Light.Set", {"on": True}),
        ("level kelvin", "9% 2700 K", "CCT.Set", {"on": True, "brightness": 9, "ct": 2700}),
        ("color", "9% #ff8040", "RGB.Set", {"on": True, "rgb": [255, 128, 64]}),
        ("color kelvin", "9% 2700 K", "RGBCCT.Set", {"on": True, "ct": 2700, "mode": "cct"}),
    ],
)
def test_the_component_follows_from_the_abilities(
    make_codec: MakeCodec, can: str, asked: str, method: str, wanted: dict[str, object]
) -> None:
    """Level, white and colour have methods of their own; half a second is the least."""
    call = json.loads(sent_payload(make_codec("shelly", *can.split(), topic=TOPIC), asked))
    assert call["method"] == method
    assert call["params"] == {"id": 0, **wanted, "transition_duration": 0.5}


@pytest.mark.parametrize(
    ("topic", "payload", "report"),
    [
        (
            f"{TOPIC}/status/light:0",
            b'{"id":0,"source":"MQTT","output":true,"brightness":40.00,"temperature":{"tC":51.2}}',
            Reported(Level(0.4)),
        ),
        (f"{TOPIC}/status/light:0", b'{"output":false,"brightness":40}', Reported(Level(0.0))),
        (
            f"{TOPIC}/events/rpc",
            b'{"src":"a1b2","method":"NotifyStatus","params":{"ts":1.5,"light:0":{"brightness":40}}}',
            Reported(Level(0.4)),
        ),
        (
            f"kacenv/{TOPIC}/rpc",
            b'{"id":1,"src":"s","dst":"kacenv/s","result":{"id":0,"output":true,"brightness":7}}',
            Reported(Level(0.07)),
        ),
        (f"kacenv/{TOPIC}/rpc", b'{"id":1,"result":null}', Reported()),
        (f"kacenv/{TOPIC}/rpc", b'{"id":1,"error":{"code":-103,"message":"no"}}', Reported()),
        (f"{TOPIC}/events/rpc", b'{"params":{"light:1":{"output":false}}}', Reported()),
        (f"{TOPIC}/events/rpc", b'{"params":{"light:0":7}}', Reported()),
        (f"{TOPIC}/rpc", b'{"output":false}', Reported()),
    ],
)
def test_reports_are_understood(
    lamp: LampCodec, topic: str, payload: bytes, report: Reported
) -> None:
    """Statuses, notifications and answers."""
    assert lamp.decode(topic, payload) == report


def test_one_channel_of_several_is_told_apart(make_codec: MakeCodec) -> None:
    """The component stands in the topic where a device has more than one."""
    lamp = make_codec("shelly", "level", "color", topic=f"{TOPIC}/rgb:1")
    ((topic, payload),) = sent(lamp, "9%", 1.0)
    assert topic == f"{TOPIC}/rpc"
    assert json.loads(payload)["params"]["id"] == 1
    status = b'{"output":true,"brightness":50,"rgb":[255,128,64]}'
    report = Reported(Level(0.5), color=Color(255, 128, 64))
    assert lamp.decode(f"{TOPIC}/status/rgb:1", status) == report


@pytest.mark.parametrize(
    ("component", "can", "asked", "wanted"),
    [
        ("rgbw:0", "color", "9% #ff8040", {"rgb": [255, 128, 64], "white": 0}),
        ("rgbw:0", "color kelvin", "9% 2700 K", {"rgb": [0, 0, 0], "white": 255}),
        ("rgbw:0", "color", "9%", {}),
        ("light:1", "kelvin color", "9% 2700 K", {}),
        ("light:1", "kelvin color", "9% #ff8040", {}),
        ("rgb:0", "kelvin color", "9% 2700 K", {}),
        ("cct:0", "kelvin", "9% 2700 K", {"ct": 2700}),
        (
            "rgbcct:0",
            "kelvin color",
            "9% #ff8040",
            {"rgb": [255, 128, 64], "mode": "rgb"},
        ),
    ],
)
def test_a_component_is_told_what_it_takes(
    make_codec: MakeCodec, component: str, can: str, asked: str, wanted: dict[str, object]
) -> None:
    """A colour puts the white channel out, and a white the colours; only some take a `ct`."""
    lamp = make_codec("shelly", "level", *can.split(), topic=f"{TOPIC}/{component}")
    call = json.loads(sent_payload(lamp, asked, 1.0))
    usual = {"id": int(component[-1]), "on": True, "brightness": 9, "transition_duration": 1.0}
    assert call["params"] == usual | wanted


@pytest.mark.parametrize(
    ("component", "can", "words"),
    [
        ("rgbw:0", "kelvin color", ["one white of its own"]),
        ("light:1", "kelvin color", ["light:1 has no whites", "light:1 has no colours"]),
        ("rgb:0", "kelvin color", ["rgb:0 has no whites"]),
        ("cct:0", "kelvin", []),
        ("white:0", "", ["no Shelly has the component white"]),
        ("rgbw:0", "color", []),
    ],
)
def test_what_a_component_lacks_is_said(
    make_codec: MakeCodec, component: str, can: str, words: list[str]
) -> None:
    """By `kacenv check`, where the room file says that the lamp can do it."""
    lamp = make_codec("shelly", "level", *can.split(), topic=f"{TOPIC}/{component}")
    assert len(lamp.misfits) == len(words)
    assert all(word in said for word, said in zip(words, lamp.misfits, strict=True))


def test_a_white_channel_is_no_colour(make_codec: MakeCodec) -> None:
    """A strip that shines white says so with colours of 0."""
    lamp = make_codec("shelly", "level", "color", topic=f"{TOPIC}/rgbw:0")
    status = b'{"output":true,"brightness":50,"rgb":[0,0,0],"white":255}'
    assert lamp.decode(f"{TOPIC}/status/rgbw:0", status) == Reported(Level(0.5))


def test_a_white_is_in_kelvin(make_codec: MakeCodec) -> None:
    """Both ways, and held to what the lamp can show."""
    lamp = make_codec("shelly", "level", "kelvin", topic=TOPIC, coolest="4000 K")
    assert json.loads(sent_payload(lamp, "9% 6500 K", 1.0))["params"]["ct"] == 4000
    report = lamp.decode(f"{TOPIC}/status/cct:0", b'{"output":true,"ct":2700}')
    assert report == Reported(kelvin=Kelvin(2700.0))


def test_its_state_is_asked_for_by_a_call(lamp: LampCodec) -> None:
    """Whose answer is understood, as the maker's documents have both."""
    call = b'"src":"kacenv/shellyplusdimmer-a1b2","method":"Light.GetStatus","params":{"id":0}}'
    assert lamp.state_query == ((f"{TOPIC}/rpc", b'{"id":1,' + call),)
    answer = (
        b'{"id":1,"src":"house/lamp","dst":"kacenv/house/lamp","result":'
        b'{"id":0,"source":"init","output":true,"brightness":60.00}}'
    )
    assert lamp.decode(f"kacenv/{TOPIC}/rpc", answer) == Reported(Level(0.6))
