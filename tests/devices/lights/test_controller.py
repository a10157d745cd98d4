"""A room's light controller over a real broker."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise

import pytest
from paho.mqtt import publish, subscribe
from support.lamps import ALL, DIMMER, LATENESS, RATE, TIMEOUT, LitRoom, commands
from support.mosquitto import Mosquitto
from support.staff import Staff
from support.waiting import wait_until

from kacenv.core.units import Seconds
from kacenv.devices.lights import controller
from kacenv.devices.lights.controller import REPORTS_KEPT, LightController
from kacenv.devices.lights.fades.fade_steps import STEP_GAP
from kacenv.devices.lights.fades.lightness import lightness
from kacenv.devices.lights.fades.trajectory import STEEPEST
from kacenv.devices.lights.lamp.lamp import Lamp
from kacenv.devices.lights.mqtt_client import MqttCallbacks
from kacenv.devices.lights.scheduler import LampScheduler
from kacenv.model.commands import ShowLook
from kacenv.model.look import Look, Zone, parse_setting
from kacenv.model.room import Broker, Room
from kacenv.system.clock import MonotonicClock, SimClock

MakeHouse = Callable[..., LitRoom]
MakeRoom = Callable[..., Room]


def test_every_dialect_reaches_the_look(house: LitRoom) -> None:
    """Level and white, on each lamp in its own words."""
    house.show("30% 3000 K", 4.0)
    assert house.reaches(0.3)
    for name in ("esphome", "zigbee"):
        assert house.lamps[name].wait_for(
            lambda lamp: abs((lamp.setting_now.kelvin or 0) - 3000) < 30, TIMEOUT
        )
    assert house.knows(0.3)
    shown = house.rig.states()
    for state in shown.values():
        assert state.believed is not None
        assert state.believed.level == pytest.approx(0.3, abs=0.011)
        assert (state.believed.kelvin or 3000.0) == pytest.approx(3000.0, abs=30.0)
    assert {name: state.available for name, state in shown.items()} == {
        "esphome": None,
        "zigbee": True,
        "dimmer": None,
    }


def test_a_dimmer_is_led_in_even_bounded_steps(house: LitRoom) -> None:
    """Never above the slope bound, never more than five messages a second."""
    start = house.show("60%", 6.0)
    assert house.reaches(0.6)
    steps = [(at, level) for at, level in house.lamps["dimmer"].log if at >= start]
    slack = STEEPEST * LATENESS * RATE + 0.03
    for index, (before, one) in enumerate(steps):
        for after, other in steps[index + 1 :]:
            assert 0 <= other - one <= STEEPEST * (after - before) + slack
    assert 15 <= len(steps) <= 6.0 / STEP_GAP + 2


def test_the_newest_look_wins_without_a_jump(house: LitRoom) -> None:
    """Two looks in quick succession: no lamp leaves the slope bound, all end at the second."""
    start = house.show("60%", 3.0)
    assert house.lamps["dimmer"].wait_for(lambda lamp: lamp.level_now > 0.2, TIMEOUT)
    house.show("10%", 3.0)
    assert house.reaches(0.1)
    end = house.clock.now()
    for lamp in house.lamps.values():
        moments = [start + share / 200 * (end - start) for share in range(201)]
        levels = [lamp.level_at(Seconds(moment)) for moment in moments]
        assert max(levels) < 0.62
        slack = STEEPEST * LATENESS * RATE + 0.03
        steepest = STEEPEST * (end - start) / 200 + slack
        assert max(abs(b - a) for a, b in pairwise(levels)) < steepest


def test_a_zone_that_is_not_named_stays(house: LitRoom) -> None:
    """A look for the seats leaves task and path alone."""
    start = house.clock.now()
    look: Look = {Zone.SEATS: parse_setting("20%")}
    house.rig.perform(ShowLook(look, start, Seconds(1.0)))
    assert house.lamps["esphome"].wait_for(lambda lamp: lamp.level_now > 0.19, TIMEOUT)
    assert commands(house.lamps["zigbee"], start) == commands(house.lamps["dimmer"], start) == []


def test_a_look_begins_when_its_time_comes(house: LitRoom) -> None:
    """An order for later is kept until then."""
    start = house.clock.now()
    look: Look = {Zone.PATH: parse_setting("20%")}
    house.rig.perform(ShowLook(look, Seconds(start + 2.0), Seconds(1.0)))
    assert house.lamps["dimmer"].wait_for(lambda lamp: lamp.level_now > 0.19, TIMEOUT)
    (first, *_) = [at for at, _ in house.lamps["dimmer"].log if at >= start]
    assert first >= start + 2.0


def test_commands_are_never_retained(house: LitRoom) -> None:
    """Whoever listens afterwards hears of lamps, not of commands."""
    start = house.show("20%", 1.0)
    assert house.reaches(0.2)
    wait_until(lambda: house.clock.now() > start + 4)
    for lamp in house.lamps.values():
        assert not any(message.retained for message in lamp.received)
    topics = {message.topic for lamp in house.lamps.values() for message in lamp.received}
    end = next(iter(topics)) + "/end"
    publish.single(end, "end", retain=True, hostname="127.0.0.1", port=house.port)
    found = subscribe.simple([*topics, end], hostname="127.0.0.1", port=house.port)  # type: ignore[no-untyped-call] # paho's own
    assert found.topic == end


def test_a_rig_that_stumbles_goes_on(
    house: LitRoom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One bad moment is logged; the next look is shown."""
    stumbled = threading.Event()
    whole = LampScheduler.due

    def stumble(scheduler: LampScheduler, now: Seconds) -> Iterator[str]:
        if stumbled.is_set():
            return whole(scheduler, now)
        stumbled.set()
        raise ArithmeticError(now)

    monkeypatch.setattr(LampScheduler, "due", stumble)
    house.show("20%", 1.0)
    assert stumbled.wait(TIMEOUT)
    assert house.reaches(0.2)
    assert "could not be led for a moment" in caplog.text


def test_a_room_without_lamps_needs_no_broker(staff: Staff) -> None:
    """Its rig does nothing, and does it without complaint."""
    room = Room.model_validate(
        {"name": "dark", "outputs": [{"id": "speakers", "role": "speakers"}]}
    )
    threads = set(threading.enumerate())
    rig = LightController(room, MonotonicClock(), staff.tell)
    rig.start()
    rig.perform(ShowLook({Zone.SEATS: parse_setting("20%")}, Seconds(0.0), Seconds(1.0)))
    assert rig.states() == {}
    assert not rig.connected
    assert set(threading.enumerate()) <= threads
    rig.close()
    assert staff.heard == []


def test_closing_is_always_possible(
    make_room: Callable[..., Room], mosquitto: Mosquitto, staff: Staff
) -> None:
    """Before it was started, and twice."""
    threads = set(threading.enumerate())
    LightController(make_room(mosquitto.port, *ALL), MonotonicClock(), staff.tell).close()
    rig = LightController(make_room(mosquitto.port, *ALL), MonotonicClock(), staff.tell)
    rig.start()
    rig.close()
    rig.close()
    assert set(threading.enumerate()) <= threads


class FakeClient:
    """Client that records what is published, in place of one that is connected to a broker."""

    connected = True

    def __init__(self) -> None:
        self.published: list[bytes] = []
        self.callbacks = MqttCallbacks(lambda _: None, lambda *_: None, lambda _: None)

    def __call__(
        self, _broker: Broker, _room: str, _topics: object, callbacks: MqttCallbacks, **_: bool
    ) -> "FakeClient":
        """Return itself, as the client that the controller makes."""
        self.callbacks = callbacks
        return self

    def start(self) -> None:
        """Report the connection."""
        self.callbacks.changed(True)

    def publish(self, _topic: str, payload: bytes) -> None:
        """Record a message."""
        self.published.append(payload)

    unreadable = frozenset[str]()

    def is_unproven(self, _topic: str) -> bool:
        """Tell that every command is let through."""
        return False

    def watch(self) -> None:
        """Do nothing: there is no thread to watch."""

    close = watch


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    """Give controllers no broker."""
    client = FakeClient()
    monkeypatch.setattr(controller, "MqttClient", client)
    return client


def test_two_lamps_of_one_device_are_both_heard(
    client: FakeClient, make_room: MakeRoom, staff: Staff
) -> None:
    """A device that tells of all its lamps on one topic may tell of them at once."""
    lamps = [{"id": f"lamp-{number}", "dialect": "shelly", "zone": "seats"} for number in (0, 1)]
    room = make_room(1, *lamps)
    lights = tuple(
        light.model_copy(update={"topic": f"dim/light:{number}"})
        for number, light in enumerate(room.lights)
    )
    house = LitRoom(room.model_copy(update={"lights": lights}), SimClock(), staff)
    for number in (0, 1):
        status = {f"light:{number}": {"output": True, "brightness": 40}}
        payload = json.dumps({"method": "NotifyStatus", "params": status}).encode()
        client.callbacks.received("dim/events/rpc", payload)
    with closing(house.rig):
        house.rig.start()
        assert house.knows(0.4)


def test_of_a_flood_only_the_newest_reports_are_kept(
    client: FakeClient, make_room: MakeRoom, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lamp that says something a thousand times between two looks is heard a few times."""
    handled: list[bytes] = []
    whole = Lamp.handle_report

    def handle(lamp: Lamp, topic: str, payload: bytes, now: Seconds) -> None:
        handled.append(payload)
        whole(lamp, topic, payload, now)

    monkeypatch.setattr(Lamp, "handle_report", handle)
    house = LitRoom(make_room(1, DIMMER), SimClock(), staff)
    (topic,) = house.report_topics
    for number in range(1000):
        client.callbacks.received(topic, str(number % 256).encode())
    with closing(house.rig):
        house.rig.start()
        assert house.knows(lightness(231 / 255))
    assert len(handled) == REPORTS_KEPT


def test_a_dimmer_sets_out_from_where_its_zone_is_said_to_be(
    client: FakeClient, make_room: MakeRoom, staff: Staff
) -> None:
    """It can't say where it is; the one who orders the look knows."""
    mute = {key: value for key, value in DIMMER.items() if key != "state_topic"}
    house = LitRoom(make_room(1, mute), SimClock(), staff)
    look = dict.fromkeys(Zone, parse_setting("60%"))
    origin = dict.fromkeys(Zone, parse_setting("40%"))
    with closing(house.rig):
        house.rig.start()
        house.rig.perform(ShowLook(look, Seconds(0.0), Seconds(4.0), origin=origin))
        wait_until(lambda: client.published)
    assert client.published == [b"29"]
