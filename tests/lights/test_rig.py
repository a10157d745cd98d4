"""A room's lamps led over a real broker."""

import json
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from paho.mqtt import publish, subscribe
from support.mosquitto import Mosquitto, free_port
from support.staff import Staff

from kacenv.clock import MonotonicClock, SimClock
from kacenv.commands import ShowLook
from kacenv.errors import DeviceError
from kacenv.lights.fader import STEEPEST, STEP_GAP
from kacenv.lights.rig import Rig
from kacenv.lights.virtual import VirtualLamp
from kacenv.look import Look, Setting, Zone, parse_setting
from kacenv.room import Room
from kacenv.units import Level, Seconds

TIMEOUT = 15.0
RATE = 4.0
LATENESS = 0.15
"""Real seconds by which a message may arrive late on a busy machine."""
FULL = ["level", "kelvin", "transition"]
ESPHOME = {
    "id": "esphome",
    "dialect": "home-assistant",
    "zone": "seats",
    "can": FULL,
    "topic": "command",
    "state_topic": "state",
}
ZIGBEE = {"id": "zigbee", "dialect": "zigbee2mqtt", "zone": "task", "can": FULL}
DIMMER = {"id": "dimmer", "dialect": "plain", "zone": "path", "scale": 255, "state_topic": "state"}
ALL = (ESPHOME, ZIGBEE, DIMMER)


class House:
    """A rig with its lamps, all on one clock and one broker."""

    def __init__(self, room: Room, clock: SimClock, staff: Staff) -> None:
        assert room.broker is not None
        self.clock, self.port = clock, room.broker.port
        self.rig = Rig(room, clock, staff.tell)
        self.lamps = {fixture.id: VirtualLamp(fixture, clock, self.port) for fixture in room.lights}

    def start(self) -> None:
        """Lamps first, as they'd hang in the room, then the rig."""
        for lamp in self.lamps.values():
            lamp.start()
        for lamp in self.lamps.values():
            assert lamp.wait_until_listening(TIMEOUT)
        self.rig.start()
        assert self.until(lambda: self.rig.connected)

    def close(self) -> None:
        """All of it."""
        self.rig.close()
        for lamp in self.lamps.values():
            lamp.close()

    def darken(self) -> None:
        """All lamps off, told so, and known to be."""
        self.show("off", 0.0)
        assert self.until(lambda: all(lamp.received for lamp in self.lamps.values()))
        assert self.knows(0.0)

    def show(self, setting: str, duration: float, *, urgent: bool = False) -> Seconds:
        """Ask for one setting in all zones; the moment it was asked for."""
        now = self.clock.now()
        look = dict.fromkeys(Zone, parse_setting(setting))
        self.rig.perform(ShowLook(look, now, Seconds(duration), urgent))
        return now

    def until(self, condition: Callable[[], Any]) -> bool:
        """Whether `condition` comes true in time."""
        return next(iter(self.lamps.values())).wait_for(lambda _: condition(), TIMEOUT)

    def reaches(self, level: float, within: float = TIMEOUT) -> bool:
        """Whether every lamp shows `level`, within a device unit, in time."""
        return all(
            lamp.wait_for(lambda lamp: abs(lamp.level_now - level) < 0.011, within)
            for lamp in self.lamps.values()
        )

    def knows(self, level: float) -> bool:
        """Whether every lamp's own report of `level` has been heard."""
        return self.until(
            lambda: all(reports(s.reported, level) for s in self.rig.shown().values())
        )


def reports(setting: Setting | None, level: float) -> bool:
    """Whether a lamp's report says `level`."""
    return setting is not None and abs(setting.level - level) < 0.011


def commands(lamp: VirtualLamp, since: float = 0.0) -> list[bytes]:
    """The payloads a lamp was sent since a moment."""
    return [message.payload for message in lamp.received if message.at >= since]


@pytest.fixture
def make_house(make_room: Callable[..., Room], staff: Staff) -> Iterator[Callable[..., House]]:
    """Makes houses and closes them after the test."""
    houses: list[House] = []

    def make(port: int, *lights: dict[str, Any], rate: float = RATE) -> House:
        house = House(make_room(port, *(lights or ALL)), SimClock(rate), staff)
        houses.append(house)
        return house

    yield make
    for house in houses:
        house.close()


@pytest.fixture
def house(make_house: Callable[..., House], mosquitto: Mosquitto) -> House:
    """A house of all dialects, lit at 0 and known to be."""
    house = make_house(mosquitto.port)
    house.start()
    house.darken()
    return house


def test_every_dialect_reaches_the_look(house: House) -> None:
    """Level and white, on each lamp in its own words."""
    house.show("30% 3000 K", 4.0)
    assert house.reaches(0.3)
    for name in ("esphome", "zigbee"):
        assert house.lamps[name].wait_for(
            lambda lamp: abs((lamp.setting_now.kelvin or 0) - 3000) < 30, TIMEOUT
        )
    assert house.knows(0.3)
    shown = house.rig.shown()
    for state in shown.values():
        assert state.believed is not None
        assert state.believed.level == pytest.approx(0.3, abs=0.011)
        assert (state.believed.kelvin or 3000.0) == pytest.approx(3000.0, abs=30.0)
    assert {name: state.available for name, state in shown.items()} == {
        "esphome": None,
        "zigbee": True,
        "dimmer": None,
    }


def test_a_dimmer_is_led_in_even_bounded_steps(house: House) -> None:
    """Never above the slope bound, never more than five messages a second."""
    start = house.show("60%", 6.0)
    assert house.reaches(0.6)
    steps = [(at, level) for at, level in house.lamps["dimmer"].log if at >= start]
    slack = STEEPEST * LATENESS * RATE + 0.03
    for index, (before, one) in enumerate(steps):
        for after, other in steps[index + 1 :]:
            assert 0 <= other - one <= STEEPEST * (after - before) + slack
    assert 15 <= len(steps) <= 6.0 / STEP_GAP + 2


def test_fading_lamps_are_told_once(house: House) -> None:
    """A lamp that fades by itself needs no steps; a Zigbee bulb gets its white apart."""
    start = house.show("40% 4000 K", 4.0)
    assert house.reaches(0.4)
    assert len(commands(house.lamps["esphome"], start)) == 1
    assert len(commands(house.lamps["zigbee"], start)) <= 3


def test_the_newest_look_wins_without_a_jump(house: House) -> None:
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


def test_a_zone_that_is_not_named_stays(house: House) -> None:
    """A look for the seats leaves task and path alone."""
    start = house.clock.now()
    look: Look = {Zone.SEATS: parse_setting("20%")}
    house.rig.perform(ShowLook(look, start, Seconds(1.0)))
    assert house.lamps["esphome"].wait_for(lambda lamp: lamp.level_now > 0.19, TIMEOUT)
    assert commands(house.lamps["zigbee"], start) == commands(house.lamps["dimmer"], start) == []


def test_a_look_begins_when_its_time_comes(house: House) -> None:
    """An order for later is kept until then."""
    start = house.clock.now()
    look: Look = {Zone.PATH: parse_setting("20%")}
    house.rig.perform(ShowLook(look, Seconds(start + 2.0), Seconds(1.0)))
    assert house.lamps["dimmer"].wait_for(lambda lamp: lamp.level_now > 0.19, TIMEOUT)
    (first, *_) = [at for at, _ in house.lamps["dimmer"].log if at >= start]
    assert first >= start + 2.0


def test_lights_up_takes_three_seconds_on_every_lamp(
    make_house: Callable[..., House], mosquitto: Mosquitto
) -> None:
    """From off, and said again three times."""
    house = make_house(mosquitto.port, rate=2.0)
    house.start()
    house.darken()
    start = house.show("70% 3000 K", 3.0, urgent=True)
    assert house.reaches(0.7)
    for lamp in house.lamps.values():
        reached = next(at for at in _grid(start, start + 4) if lamp.level_at(at) >= 0.69)
        assert 2.5 <= reached - start <= 3.0 + 2 * LATENESS + STEP_GAP
        assert lamp.wait_for(lambda lamp: _repeats(lamp, start) >= 4, TIMEOUT)


def _grid(start: float, end: float) -> list[Seconds]:
    return [Seconds(start + (end - start) * share / 400) for share in range(401)]


def _repeats(lamp: VirtualLamp, start: float) -> int:
    """How often a lamp was told its final level."""
    sent = [payload for payload in commands(lamp, start) if b"color_temp" not in payload[:14]]
    levels = [payload.partition(b',"transition"')[0] for payload in sent]
    return levels.count(levels[-1]) if levels else 0


def test_commands_are_never_retained(house: House) -> None:
    """Whoever listens afterwards hears of lamps, not of commands."""
    house.show("20%", 1.0)
    assert house.reaches(0.2)
    for lamp in house.lamps.values():
        assert not any(message.retained for message in lamp.received)
    topics = {message.topic for lamp in house.lamps.values() for message in lamp.received}
    end = next(iter(topics)) + "/end"
    publish.single(end, "end", retain=True, hostname="127.0.0.1", port=house.port)
    found = subscribe.simple([*topics, end], hostname="127.0.0.1", port=house.port)  # type: ignore[no-untyped-call] # paho's own
    assert found.topic == end


def test_a_broker_that_comes_back_finds_the_look_again(
    own_mosquitto: Mosquitto, make_house: Callable[..., House], staff: Staff
) -> None:
    """The newest look alone, by a short fade, and nothing stale."""
    own_mosquitto.start()
    house = make_house(own_mosquitto.port)
    house.start()
    house.darken()
    house.show("40%", 2.0)
    assert house.reaches(0.4)
    own_mosquitto.stop()
    assert staff.wait_for("can't be reached")
    assert not house.rig.connected
    gone = house.clock.now()
    house.show("90%", 0.0)
    house.show("30%", 0.0)
    own_mosquitto.start()
    assert staff.wait_for("is back")
    assert house.reaches(0.3)
    for lamp in house.lamps.values():
        moments = _grid(gone, house.clock.now())
        assert max(lamp.level_at(moment) for moment in moments) < 0.45
    assert len([text for text in staff.heard if "can't be reached" in text]) == 1


def test_an_absent_broker_holds_nothing_up(
    own_mosquitto: Mosquitto, make_house: Callable[..., House], staff: Staff
) -> None:
    """No exception, one word to staff, and the look once the broker is there."""
    house = make_house(own_mosquitto.port)
    house.rig.start()
    house.show("20%", 1.0)
    assert staff.wait_for("can't be reached")
    own_mosquitto.start()
    for lamp in house.lamps.values():
        lamp.start()
    assert house.reaches(0.2, within=30.0)
    assert [text.partition("; ")[0].split()[-1] for text in staff.heard] == ["reached", "back"]


def test_a_dimmer_cut_off_in_mid_fade_goes_on_from_there(
    own_mosquitto: Mosquitto, make_house: Callable[..., House], staff: Staff
) -> None:
    """It isn't made to jump to where it would have been."""
    own_mosquitto.start()
    house = make_house(own_mosquitto.port, DIMMER)
    house.start()
    house.darken()
    dimmer = house.lamps["dimmer"]
    house.show("80%", 8.0)
    assert dimmer.wait_for(lambda lamp: lamp.level_now > 0.2, TIMEOUT)
    own_mosquitto.stop()
    assert staff.wait_for("can't be reached")
    left = dimmer.level_now
    back = house.clock.now()
    own_mosquitto.start()
    assert house.reaches(0.8)
    first = next(level for at, level in dimmer.log if at >= back)
    assert abs(first - left) < 0.05


def test_a_lamp_switched_off_at_the_mains_comes_back_to_its_look(house: House) -> None:
    """Zigbee2MQTT says that it is back, and it is told again."""
    house.show("30%", 1.0)
    assert house.reaches(0.3)
    house.lamps["zigbee"].close()
    assert house.until(lambda: house.rig.shown()["zigbee"].available is False)
    before = len(house.lamps["zigbee"].received)
    house.lamps["zigbee"].start()
    assert house.lamps["zigbee"].wait_for(lambda lamp: len(lamp.received) > before, TIMEOUT)
    assert house.reaches(0.3)


def test_a_hand_at_the_switch_is_left_alone(house: House) -> None:
    """It is shown, not fought, and the next look begins there."""
    asked = house.show("10%", 1.0)
    assert house.reaches(0.1)
    assert house.knows(0.1)
    assert house.until(lambda: house.clock.now() > asked + 2.0)
    turned = house.clock.now()
    for lamp in house.lamps.values():
        lamp.turn(Level(0.6))
    assert house.knows(0.6)
    assert all(commands(lamp, turned) == [] for lamp in house.lamps.values())
    start = house.show("20%", 0.0)
    assert house.reaches(0.2)
    transition = json.loads(commands(house.lamps["esphome"], start)[0])["transition"]
    assert transition == 2
    assert len(commands(house.lamps["dimmer"], start)) >= 5


def test_hostile_reports_change_nothing(house: House) -> None:
    """Rubbish on every topic the rig listens to; lamps and display go on."""
    house.show("20%", 1.0)
    assert house.reaches(0.2)
    assert house.knows(0.2)
    shown = house.rig.shown()
    rubbish = [b"", b"\xff\xfe", b"[" * 9999, b'{"brightness":NaN}', b"1e999", b"x" * 200_000]
    topics = [topic for lamp in house.rig._lamps.values() for topic in lamp.subscriptions]
    for topic in topics:
        for payload in rubbish:
            publish.single(topic, payload, hostname="127.0.0.1", port=house.port)
    house.show("30%", 1.0)
    assert house.reaches(0.3)
    assert {n: s.available for n, s in house.rig.shown().items()} == {
        n: s.available for n, s in shown.items()
    }
    assert house.knows(0.3)


def test_a_rig_that_stumbles_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One bad moment is logged; the next look is shown."""
    stumbled = threading.Event()
    whole = house.rig._due_messages

    def stumble(now: Seconds) -> Any:
        monkeypatch.setattr(house.rig, "_due_messages", whole)
        stumbled.set()
        raise ArithmeticError(now)

    monkeypatch.setattr(house.rig, "_due_messages", stumble)
    house.show("20%", 1.0)
    assert stumbled.wait(TIMEOUT)
    assert house.reaches(0.2)
    assert "could not be led for a moment" in caplog.text


def test_a_room_without_lamps_needs_no_broker(staff: Staff) -> None:
    """Its rig does nothing, and does it without complaint."""
    room = Room.model_validate(
        {"name": "dark", "outputs": [{"id": "speakers", "role": "speakers"}]}
    )
    threads = threading.active_count()
    rig = Rig(room, MonotonicClock(), staff.tell)
    rig.start()
    rig.perform(ShowLook({Zone.SEATS: parse_setting("20%")}, Seconds(0.0), Seconds(1.0)))
    assert rig.shown() == {}
    assert not rig.connected
    assert threading.active_count() == threads
    rig.close()
    assert staff.heard == []


def test_closing_is_always_possible(
    make_room: Callable[..., Room], mosquitto: Mosquitto, staff: Staff
) -> None:
    """Before it was started, and twice."""
    threads = set(threading.enumerate())
    Rig(make_room(mosquitto.port, *ALL), MonotonicClock(), staff.tell).close()
    rig = Rig(make_room(mosquitto.port, *ALL), MonotonicClock(), staff.tell)
    rig.start()
    rig.close()
    rig.close()
    assert set(threading.enumerate()) == threads


@pytest.mark.parametrize("field", ["topic", "state_topic"])
def test_a_topic_with_wildcards_is_refused(
    make_room: Callable[..., Room], staff: Staff, field: str
) -> None:
    """Before anything starts, naming the lamp."""
    room = make_room(free_port(), {**DIMMER, field: "home/+/lamp"})
    with pytest.raises(DeviceError, match="Lamp dimmer can't be reached"):
        Rig(room, MonotonicClock(), staff.tell)
