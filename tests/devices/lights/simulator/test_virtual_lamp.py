"""Simulated lamps, driven as by a broker's clients."""

import json
from collections.abc import Callable, Iterable, Iterator
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from paho.mqtt import publish, subscribe
from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from support.mosquitto import Mosquitto

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import CommandRate, codec
from kacenv.devices.lights.simulator.faults import CommandFilter, LampFaults
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.model.dialects import Dialect
from kacenv.model.look import Setting, parse_setting
from kacenv.model.room import Fixture
from kacenv.system.clock import SimClock

MakeLamp = Callable[..., VirtualLamp]
TIMEOUT = 30.0
ABILITIES = ("level", "kelvin", "transition")
ESPHOME_STATE = {"state": "ON", "brightness": 51, "color_mode": "brightness", "color": {}}


@pytest.fixture
def clock() -> SimClock:
    """Return a clock that only jumps on request."""
    return SimClock()


@pytest.fixture
def make_lamp(
    mosquitto: Mosquitto, clock: SimClock, make_fixture: Callable[..., Fixture]
) -> Iterator[MakeLamp]:
    """Make connected lamps on topics of their own."""
    lamps = []

    def make(
        dialect: str,
        *can: str,
        level: float = 0.0,
        faults: LampFaults = LampFaults(),  # noqa: B008 - frozen
        **fields: Any,
    ) -> VirtualLamp:
        topic = f"virtual/{uuid4().hex[:8]}"
        described = {"topic": topic, "state_topic": f"{topic}/state", **fields}
        fixture = make_fixture(dialect, *can, **described)
        setting = Setting(Level(level), Kelvin(2500.0))
        lamp = VirtualLamp(fixture, clock, mosquitto.port, setting=setting, faults=faults)
        lamps.append(lamp)
        lamp.start()
        assert lamp.wait_until_listening(TIMEOUT)
        return lamp

    yield make
    for lamp in lamps:
        lamp.close()


def close_to(level: float, kelvin: float) -> object:
    """Return a setting, comparable within rounding errors."""
    return pytest.approx((level, kelvin, None))


def send(lamp: VirtualLamp, port: int, payload: bytes, suffix: str = "") -> None:
    """Command a lamp, and wait until the command has arrived."""
    before = len(lamp.received)
    publish.single(lamp.fixture.topic + suffix, payload, hostname="127.0.0.1", port=port)
    assert lamp.wait_for(lambda lamp: len(lamp.received) > before, TIMEOUT)


def test_an_esphome_lamp_fades_by_itself(
    make_lamp: MakeLamp, mosquitto: Mosquitto, clock: SimClock
) -> None:
    """Half-way through its transition it is half-way there."""
    lamp = make_lamp("home-assistant", *ABILITIES)
    send(lamp, mosquitto.port, b'{"state":"ON","brightness":102,"color_temp":200,"transition":10}')
    clock.jump(Seconds(5.0))
    assert lamp.setting_now == close_to(0.2, 3750.0)
    clock.jump(Seconds(5.0))
    assert lamp.setting_now == close_to(0.4, 5000.0)


def test_an_esphome_lamp_ignores_broken_numbers(
    make_lamp: MakeLamp, mosquitto: Mosquitto, clock: SimClock
) -> None:
    """A fraction where a whole number belongs is lost, and its own transition of 1 s counts."""
    lamp = make_lamp("home-assistant", *ABILITIES, level=0.2)
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
    lamp = make_lamp("zigbee2mqtt", *ABILITIES)
    send(lamp, mosquitto.port, b'{"state":"ON","brightness":127,"transition":10}', "/set")
    clock.jump(Seconds(4.0))
    send(lamp, mosquitto.port, b'{"color_temp":250,"transition":0}', "/set")
    clock.jump(Seconds(9.0))
    assert lamp.setting_now == close_to(0.2, 4000.0)


def test_a_plain_dimmer_jumps(make_lamp: MakeLamp, mosquitto: Mosquitto) -> None:
    """It has no time of its own, and what it can't read it ignores."""
    lamp = make_lamp("plain", "level", scale=255)
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
    lamp = make_lamp("plain", "level", scale=100, level=1.0)
    clock.jump(Seconds(5.0))
    send(lamp, mosquitto.port, b"0")
    clock.jump(Seconds(5.0))
    shown = [float(lamp.level_at(Seconds(moment))) for moment in (-1.0, 4.9, 5.0, 10.0)]
    assert shown == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("dialect", "suffix", "expected"),
    [
        ("home-assistant", "/state", ESPHOME_STATE),
        ("zigbee2mqtt", "/availability", {"state": "online"}),
        ("plain", "/state", 9),
    ],
)
def test_what_is_retained_tells_of_the_lamp(
    make_lamp: MakeLamp,
    mosquitto: Mosquitto,
    dialect: str,
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
    lamp = make_lamp("zigbee2mqtt", *ABILITIES)
    lamp.turn(Level(0.7))
    assert lamp.level_now == 0.7
    assert lamp.received == []


@pytest.mark.parametrize("dialect", Dialect)
def test_every_dialects_lamp_obeys_and_reports(
    make_lamp: MakeLamp, mosquitto: Mosquitto, clock: SimClock, dialect: Dialect
) -> None:
    """Over a real broker: told a level, it is there in time; switched at the wall, it says so."""
    lamp = make_lamp(dialect, *ABILITIES, scale=255)
    kacenv = codec(lamp.fixture)
    for message in kacenv.encode(parse_setting("60%"), Seconds(5.0)):
        send_raw(lamp, mosquitto.port, message.topic, message.payload)
    assert lamp.wait_for(lambda lamp: bool(lamp.log), TIMEOUT)
    clock.jump(Seconds(5.0))
    assert kacenv.units(lamp.level_now) == kacenv.units(Level(0.6))

    def tells(message: MQTTMessage) -> bool:
        return kacenv.decode(message.topic, bytes(message.payload)).level == 0.0

    assert heard_after(lamp.press, mosquitto.port, kacenv.subscriptions, tells)
    assert lamp.level_now == 0.0


def test_the_wall_switch_goes_back_to_what_it_was(make_lamp: MakeLamp) -> None:
    """Off, and on again at the same level."""
    lamp = make_lamp("plain", "level", level=0.7)
    lamp.press()
    assert lamp.level_now == 0.0
    lamp.press()
    assert lamp.level_now == 0.7


def test_a_power_cut_is_survived(make_lamp: MakeLamp) -> None:
    """The lamp comes back at its power-on state, and listens again."""
    lamp = make_lamp("tasmota", "level", faults=LampFaults(power_on=Setting(Level(0.8))))
    lamp.cycle_power()
    assert lamp.wait_until_listening(TIMEOUT)
    assert lamp.level_now == 0.8


@pytest.mark.parametrize(("method", "code"), [("Light.Set", -103), ("RGBW.Set", 404)])
def test_a_shelly_refuses_with_an_answer(
    make_lamp: MakeLamp, mosquitto: Mosquitto, method: str, code: int
) -> None:
    """What is out of range, or of another profile, changes nothing, and the caller is told."""
    lamp = make_lamp("shelly", "level")
    topic = lamp.fixture.topic
    wanted = {"id": 0, "on": True, "brightness": 140}
    call = {"id": 7, "src": f"kacenv/{topic}", "method": method, "params": wanted}
    payload = json.dumps(call).encode()

    def tells(message: MQTTMessage) -> bool:
        answer = json.loads(message.payload)
        return bool(answer["id"] == 7 and answer["error"]["code"] == code)

    port = mosquitto.port
    assert heard_after(
        lambda: send(lamp, port, payload, "/rpc"), port, [f"kacenv/{topic}/rpc"], tells
    )
    assert lamp.level_now == 0.0


def test_a_backlog_has_an_answer_to_each_command(make_lamp: MakeLamp, mosquitto: Mosquitto) -> None:
    """Each tells of the light as that command has left it; a switch tells of itself alone."""
    lamp = make_lamp("tasmota", *ABILITIES, topic="backlog")
    answers = heard_until_power(
        lamp, mosquitto.port, b"SetOption117 1;Fade 1;Speed 4;Dimmer 40;Scheme 0;CT 400;Power ON"
    )
    assert answers[:4] == [{"SetOption117": "ON"}, {"Fade": "ON"}, {"Speed": 4}, {"Scheme": 0}]
    assert [one.get("Dimmer") for one in answers[4:]] == [40, 40, None]
    assert answers[5]["CT"] == 400
    assert answers[6] == {"POWER": "ON"}


def test_a_bridge_answers_before_its_bulb(
    make_lamp: MakeLamp, mosquitto: Mosquitto, clock: SimClock
) -> None:
    """It says off at once; the bulb, deaf to it in its fade, says otherwise when it speaks."""
    lamp = make_lamp("zigbee2mqtt", *ABILITIES, faults=LampFaults(deaf_to_off=True))
    port, topics = mosquitto.port, codec(lamp.fixture).report_topics
    send(lamp, port, b'{"state":"ON","brightness":102,"transition":10}', "/set")

    def says(state: str) -> Callable[[MQTTMessage], bool]:
        return lambda message: bool(json.loads(message.payload)["state"] == state)

    assert heard_after(
        lambda: send(lamp, port, b'{"state":"OFF"}', "/set"), port, topics, says("OFF")
    )
    lamp.faults = LampFaults()
    clock.jump(Seconds(20.0))
    assert heard_after(lamp.tell, port, topics, says("ON"))


@pytest.mark.parametrize(
    ("dialect", "suffix", "payload"),
    [
        ("zigbee2mqtt", "/set", b'{"state":"ON","brightness":300}'),
        ("wled", "/api", b"[1]"),
        ("shelly", "/rpc", b'{"method":"Switch.Set","params":{"id":0,"on":true}}'),
        ("shelly", "/rpc", b'{"method":"Light.Set","params":{"id":1,"brightness":9}}'),
        ("zwave-js", "/38/0/targetValue/set", b'{"value":120}'),
    ],
)
def test_lamps_refuse_what_real_ones_refuse(
    make_lamp: MakeLamp, mosquitto: Mosquitto, dialect: str, suffix: str, payload: bytes
) -> None:
    """Out of range, or not for them: nothing changes."""
    lamp = make_lamp(dialect, "level", level=0.2)
    send(lamp, mosquitto.port, payload, suffix)
    assert lamp.level_now == 0.2


def test_a_hurried_bulb_loses_commands(make_lamp: MakeLamp, mosquitto: Mosquitto) -> None:
    """More than its rate in a moment come to nothing."""
    lamp = make_lamp("plain", "level", faults=LampFaults(rate=CommandRate(2, Seconds(1.0))))
    for payload in (b"10", b"20", b"30"):
        send(lamp, mosquitto.port, payload)
    assert lamp.lost == 1
    assert codec(lamp.fixture).units(lamp.level_now) == 20


def test_a_rate_recovers() -> None:
    """After its time, as many commands are taken again."""
    gate = CommandFilter(LampFaults(rate=CommandRate(2, Seconds(1.0))))
    taken = [gate.accepts(Seconds(moment)) for moment in (0.0, 0.4, 0.9, 1.0, 1.3, 1.5)]
    assert taken == [True, True, False, True, False, True]


def test_losses_are_the_same_for_the_same_seed() -> None:
    """A share of commands is lost, and always the same ones."""
    runs = [
        [gate.accepts(Seconds(0.0)) for _ in range(1000)]
        for gate in (
            CommandFilter(LampFaults(0.3, seed=1)),
            CommandFilter(LampFaults(0.3, seed=1)),
            CommandFilter(LampFaults(0.3, seed=2)),
        )
    ]
    assert runs[0] == runs[1] != runs[2]
    assert 0.6 < sum(runs[0]) / 1000 < 0.8


def send_raw(lamp: VirtualLamp, port: int, topic: str, payload: bytes) -> None:
    """Publish, and wait until the message has arrived."""
    before = len(lamp.received)
    publish.single(topic, payload, hostname="127.0.0.1", port=port)
    assert lamp.wait_for(lambda lamp: len(lamp.received) > before, TIMEOUT)


def heard_until_power(lamp: VirtualLamp, port: int, backlog: bytes) -> list[dict[str, Any]]:
    """Return a Tasmota lamp's answers to a backlog, to the last one."""
    answers: list[dict[str, Any]] = []
    commands, (results, _) = codec(lamp.fixture).command_topic, codec(lamp.fixture).report_topics

    def ends(message: MQTTMessage) -> bool:
        answer = json.loads(message.payload)
        if answers or "SetOption117" in answer:
            answers.append(answer)
        return bool(answer == {"POWER": "ON"})

    assert heard_after(lambda: send_raw(lamp, port, commands, backlog), port, [results], ends)
    return answers


def heard_after(
    act: Callable[[], object],
    port: int,
    topics: Iterable[str],
    tells: Callable[[MQTTMessage], bool],
) -> bool:
    """Call `act`; return False without a message on `topics` that satisfies `tells`."""
    told, subscribed = Event(), Event()
    client = Paho(CallbackAPIVersion.VERSION2)

    def hear(_client: Paho, _data: object, message: MQTTMessage) -> None:
        if not message.retain and tells(message):
            told.set()

    client.on_message = hear
    client.on_subscribe = lambda *_: subscribed.set()
    client.connect("127.0.0.1", port)
    client.subscribe([(topic, 0) for topic in topics])
    client.loop_start()
    try:
        assert subscribed.wait(TIMEOUT)
        act()
        return told.wait(TIMEOUT)
    finally:
        client.disconnect()
        client.loop_stop()
