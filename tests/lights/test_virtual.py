"""Virtual lamps, spoken to as a broker's clients would."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from paho.mqtt import publish, subscribe
from support.mosquitto import Mosquitto

from kacenv.clock import SimClock
from kacenv.lights.virtual import VirtualLamp
from kacenv.look import Setting
from kacenv.room import Dialect, Fixture
from kacenv.units import Kelvin, Level, Seconds

MakeLamp = Callable[..., VirtualLamp]
TIMEOUT = 10.0
ABILITIES = ("level", "kelvin", "transition")


@pytest.fixture
def clock() -> SimClock:
    """A clock that stands still until it's told to jump."""
    return SimClock()


@pytest.fixture
def make_lamp(
    mosquitto: Mosquitto, clock: SimClock, make_fixture: Callable[..., Fixture]
) -> Iterator[MakeLamp]:
    """Makes lamps that listen, on topics of their own."""
    lamps = []

    def make(dialect: Dialect, *can: str, level: float = 0.0, **fields: Any) -> VirtualLamp:
        topic = f"virtual/{uuid4().hex[:8]}"
        described = {"topic": topic, "state_topic": f"{topic}/state", **fields}
        fixture = make_fixture(dialect, *can, **described)
        setting = Setting(Level(level), Kelvin(2500.0))
        lamp = VirtualLamp(fixture, clock, mosquitto.port, setting=setting)
        lamps.append(lamp)
        lamp.start()
        assert lamp.wait_until_listening(TIMEOUT)
        return lamp

    yield make
    for lamp in lamps:
        lamp.close()


def close_to(level: float, kelvin: float) -> object:
    """A setting as near as floating point comes to these."""
    return pytest.approx((level, kelvin))


def send(lamp: VirtualLamp, port: int, payload: bytes, suffix: str = "") -> None:
    """Command a lamp, and wait until it has heard."""
    before = len(lamp.received)
    publish.single(lamp.fixture.topic + suffix, payload, hostname="127.0.0.1", port=port)
    assert lamp.wait_for(lambda lamp: len(lamp.received) > before, TIMEOUT)


def test_an_esphome_lamp_fades_by_itself(
    make_lamp: MakeLamp, mosquitto: Mosquitto, clock: SimClock
) -> None:
    """Half-way through its transition it is half-way there."""
    lamp = make_lamp(Dialect.HOME_ASSISTANT, *ABILITIES)
    send(lamp, mosquitto.port, b'{"state":"ON","brightness":102,"color_temp":200,"transition":10}')
    clock.jump(Seconds(5.0))
    assert lamp.setting_now == close_to(0.2, 3750.0)
    clock.jump(Seconds(5.0))
    assert lamp.setting_now == close_to(0.4, 5000.0)


def test_an_esphome_lamp_ignores_broken_numbers(
    make_lamp: MakeLamp, mosquitto: Mosquitto, clock: SimClock
) -> None:
    """A fraction where a whole number belongs is lost, and its own transition of 1 s counts."""
    lamp = make_lamp(Dialect.HOME_ASSISTANT, *ABILITIES, level=0.2)
    send(lamp, mosquitto.port, b'{"state":"ON","brightness":102.5,"transition":3}')
    clock.jump(Seconds(5.0))
    assert lamp.level_now == pytest.approx(0.2)
    send(lamp, mosquitto.port, b'{"state":"ON","brightness":102,"transition":2.5}')
    clock.jump(Seconds(1.0))
    assert lamp.level_now == pytest.approx(0.4)


def test_a_zigbee_bulb_drops_a_fade_for_the_next_command(
    make_lamp: MakeLamp, mosquitto: Mosquitto, clock: SimClock
) -> None:
    """A white sent in the middle of a level's fade leaves the level where it is."""
    lamp = make_lamp(Dialect.ZIGBEE2MQTT, *ABILITIES)
    send(lamp, mosquitto.port, b'{"state":"ON","brightness":127,"transition":10}', "/set")
    clock.jump(Seconds(4.0))
    send(lamp, mosquitto.port, b'{"color_temp":250,"transition":0}', "/set")
    clock.jump(Seconds(9.0))
    assert lamp.setting_now == close_to(0.2, 4000.0)


def test_a_plain_dimmer_jumps(make_lamp: MakeLamp, mosquitto: Mosquitto) -> None:
    """It has no time of its own, and what it can't read it ignores."""
    lamp = make_lamp(Dialect.PLAIN, "level", scale=255)
    send(lamp, mosquitto.port, b"47")
    assert lamp.level_now == pytest.approx(0.5, abs=0.01)
    send(lamp, mosquitto.port, b"rubbish")
    assert lamp.level_now == pytest.approx(0.5, abs=0.01)
    assert [level for _, level in lamp.log] == [lamp.level_now]
    assert [message.payload for message in lamp.received] == [b"47", b"rubbish"]


def test_a_lamp_remembers_what_it_showed_when(
    make_lamp: MakeLamp, mosquitto: Mosquitto, clock: SimClock
) -> None:
    """The past can be asked for after the fact."""
    lamp = make_lamp(Dialect.PLAIN, "level", scale=100, level=1.0)
    clock.jump(Seconds(5.0))
    send(lamp, mosquitto.port, b"0")
    clock.jump(Seconds(5.0))
    shown = [float(lamp.level_at(Seconds(moment))) for moment in (-1.0, 4.9, 5.0, 10.0)]
    assert shown == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("dialect", "suffix", "expected"),
    [
        (Dialect.HOME_ASSISTANT, "/state", {"state": "ON", "brightness": 51}),
        (Dialect.ZIGBEE2MQTT, "/availability", {"state": "online"}),
        (Dialect.PLAIN, "/state", 9),
    ],
)
def test_what_is_retained_tells_of_the_lamp(
    make_lamp: MakeLamp,
    mosquitto: Mosquitto,
    dialect: Dialect,
    suffix: str,
    expected: Any,
) -> None:
    """Whoever comes later learns what the lamp shows, or that it is there."""
    lamp = make_lamp(dialect, "level", level=0.2, scale=300)
    topic = lamp.fixture.topic + suffix
    # The first listener may still hear it live; by then the broker has it for the second.
    for _ in range(2):
        message = subscribe.simple(topic, hostname="127.0.0.1", port=mosquitto.port)  # type: ignore[no-untyped-call] # paho's own
    assert message.retain
    assert json.loads(message.payload) == expected


def test_a_person_can_turn_it(make_lamp: MakeLamp) -> None:
    """At the wall, without any message."""
    lamp = make_lamp(Dialect.ZIGBEE2MQTT, *ABILITIES)
    lamp.turn(Level(0.7))
    assert lamp.level_now == 0.7
    assert lamp.received == []
