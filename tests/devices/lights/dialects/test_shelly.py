"""Shelly's second generation, from documented payloads."""

import json
from collections.abc import Callable

import pytest

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import Message, Reported, shelly
from kacenv.model.look import Color, parse_setting
from kacenv.model.room import Fixture

MakeFixture = Callable[..., Fixture]
TOPIC = "shellyplusdimmer-a1b2"


@pytest.fixture
def lamp(make_fixture: MakeFixture) -> Fixture:
    """A dimmer."""
    return make_fixture("shelly", "level", "transition", topic=TOPIC)


def test_a_look_is_one_call(lamp: Fixture) -> None:
    """The time goes inside the parameters: outside, it would be ignored."""
    payload = (
        b'{"id":1,"src":"kacenv/shellyplusdimmer-a1b2","method":"Light.Set",'
        b'"params":{"id":0,"on":true,"brightness":40,"transition_duration":60.0}}'
    )
    messages = shelly.encode(lamp, parse_setting("40%"), Seconds(60.0))
    assert messages == (Message(f"{TOPIC}/rpc", payload),)


@pytest.mark.parametrize(
    ("can", "asked", "method", "wanted"),
    [
        (("level",), "off", "Light.Set", {"on": False}),
        ((), "40%", "Light.Set", {"on": True}),
        (("level", "kelvin"), "9% 2700 K", "CCT.Set", {"on": True, "brightness": 9, "ct": 2700}),
        (
            ("level", "color"),
            "9% #ff8040",
            "RGB.Set",
            {"on": True, "brightness": 9, "rgb": [255, 128, 64]},
        ),
        (
            ("level", "color", "kelvin"),
            "9% 2700 K",
            "RGBCCT.Set",
            {"on": True, "brightness": 9, "ct": 2700, "mode": "cct"},
        ),
    ],
)
def test_the_component_follows_from_the_abilities(
    make_fixture: MakeFixture, can: tuple[str, ...], asked: str, method: str, wanted: object
) -> None:
    """Level, white and colour have methods of their own; half a second is the least."""
    lamp = make_fixture("shelly", *can, topic=TOPIC)
    (message,) = shelly.encode(lamp, parse_setting(asked), Seconds(0.0))
    call = json.loads(message.payload)
    assert call["method"] == method
    assert isinstance(wanted, dict)
    assert call["params"] == {"id": 0, **wanted, "transition_duration": 0.5}


@pytest.mark.parametrize(
    ("topic", "payload", "report"),
    [
        (f"{TOPIC}/online", b"true", Reported(available=True)),
        (f"{TOPIC}/online", b"false", Reported(available=False)),
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
        (f"kacenv/{TOPIC}/rpc", b'{"id":1,"result":null}', None),
        (f"kacenv/{TOPIC}/rpc", b'{"id":1,"error":{"code":-103,"message":"no"}}', None),
        (f"{TOPIC}/events/rpc", b'{"params":{"light:1":{"output":false}}}', None),
        (f"{TOPIC}/events/rpc", b'{"params":{"light:0":7}}', None),
        (f"{TOPIC}/rpc", b'{"output":false}', None),
    ],
)
def test_reports_are_understood(
    lamp: Fixture, topic: str, payload: bytes, report: Reported | None
) -> None:
    """Statuses, notifications, answers, and whether the device is there."""
    assert shelly.decode(lamp, topic, payload) == report


def test_one_channel_of_several_is_told_apart(make_fixture: MakeFixture) -> None:
    """The component stands in the topic where a device has more than one."""
    lamp = make_fixture("shelly", "level", "color", topic=f"{TOPIC}/rgb:1")
    (message,) = shelly.encode(lamp, parse_setting("9%"), Seconds(1.0))
    assert message.topic == f"{TOPIC}/rpc"
    assert json.loads(message.payload)["params"]["id"] == 1
    status = b'{"output":true,"brightness":50,"rgb":[255,128,64]}'
    report = Reported(Level(0.5), color=Color(255, 128, 64))
    assert shelly.decode(lamp, f"{TOPIC}/status/rgb:1", status) == report


def test_a_white_is_in_kelvin(make_fixture: MakeFixture) -> None:
    """Both ways, and held to what the lamp can show."""
    lamp = make_fixture("shelly", "level", "kelvin", topic=TOPIC, coolest="4000 K")
    (message,) = shelly.encode(lamp, parse_setting("9% 6500 K"), Seconds(1.0))
    assert json.loads(message.payload)["params"]["ct"] == 4000
    report = shelly.decode(lamp, f"{TOPIC}/status/cct:0", b'{"output":true,"ct":2700}')
    assert report == Reported(kelvin=Kelvin(2700.0))
