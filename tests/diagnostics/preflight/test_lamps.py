"""A round of real lamps: what they answer, and how they are left."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from support.availability import ScriptedAvailability
from support.lamps import DIMMER, ESPHOME, TIMEOUT, ZIGBEE
from support.mosquitto import Mosquitto, free_port

from kacenv.core.units import Level, Seconds
from kacenv.devices.lights import lamp_test
from kacenv.devices.lights.direct import wait_for
from kacenv.devices.lights.mqtt_client import MqttCallbacks, MqttClient, Subscriptions
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight.lamps import lamps, mute_lamp
from kacenv.diagnostics.probe_messages import ProbeMessage, Progress, Question, Taken
from kacenv.model.look import Setting, Zone, parse_setting
from kacenv.model.room import Room
from kacenv.system.clock import MonotonicClock

STRIP = {"id": "strip", "dialect": "wled", "zone": "seats", "can": ["level", "transition"]}
MUTE = {"id": "mute", "dialect": "plain", "zone": "path"}
DEAD = {**DIMMER, "id": "dead"}


class LampRooms:
    """Rooms with virtual lamps on a broker, on topics of their own."""

    def __init__(self, port: int, stack: ExitStack) -> None:
        self._prefix, self.port, self._stack = uuid4().hex[:8], port, stack
        self.lamps: dict[str, VirtualLamp] = {}

    def room(self, *lights: dict[str, Any], **more: Any) -> Room:
        """A room with these lamps, whether or not they are there."""
        named = [self._named(light) for light in lights]
        return Room.model_validate(
            {
                "name": f"hall-{self._prefix}",
                "outputs": [{"id": "speakers", "role": "speakers"}],
                "lights": named,
                "broker": {"host": "127.0.0.1", "port": self.port},
                "safe_light": dict.fromkeys(Zone, "60%"),
                **more,
            }
        )

    def add_lamps(self, room: Room, **settings: str) -> None:
        """Start lamps that show this."""
        for fixture in room.lights:
            if fixture.id in settings:
                setting = parse_setting(settings[fixture.id])
                lamp = VirtualLamp(fixture, MonotonicClock(), self.port, setting=setting)
                self.lamps[fixture.id] = self._stack.enter_context(lamp)
                assert lamp.wait_until_listening(TIMEOUT)

    def _named(self, light: dict[str, Any]) -> dict[str, Any]:
        topic = f"{self._prefix}/{light['id']}"
        state = {"state_topic": f"{topic}/state"} if "state_topic" in light else {}
        return {**light, "topic": topic, **state}


@pytest.fixture
def rooms(mosquitto: Mosquitto) -> Iterator[LampRooms]:
    """Rooms to which lamps can be added."""
    with ExitStack() as stack:
        yield LampRooms(mosquitto.port, stack)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Softness is looked at elsewhere; here time is short."""
    assert lamp_test.SPAN >= 2.0
    monkeypatch.setattr(lamp_test, "SPAN", Seconds(0.5))
    monkeypatch.setattr(lamp_test, "PATIENCE", Seconds(1.0))
    monkeypatch.setattr(lamp_test, "SETTLE", Seconds(0.5))
    monkeypatch.setattr(lamp_test, "LISTEN", Seconds(0.5))


def findings(said: Iterator[ProbeMessage]) -> dict[str, Finding]:
    """What was found, by what it is about."""
    return {one.what: one for one in said if isinstance(one, Finding)}


def begin(said: Iterator[ProbeMessage], rooms: LampRooms) -> None:
    """Go on until all lamps have been told where to go."""
    while next(said) != Progress("fading a little"):
        pass
    assert all(lamp.wait_for(lambda one: bool(one.log), TIMEOUT) for lamp in rooms.lamps.values())


def shows(level: float, lamp: VirtualLamp) -> bool:
    """Whether a lamp shows a level."""
    return abs(lamp.level_now - level) < 0.02


def test_a_round_finds_the_dead_lamp_and_leaves_the_others_as_they_were(rooms: LampRooms) -> None:
    """A bright and a dim one move and come back; one without power is named, with a way out."""
    room = rooms.room(ESPHOME, DIMMER, DEAD, safe_light=dict.fromkeys(Zone, "20%"))
    rooms.add_lamps(room, esphome="95% 2700 K", dimmer="20%")
    found = findings(lamps(room, ScriptedAvailability()))
    assert set(found) == {"lamps", "lamp dead"}
    assert found["lamps"].found.startswith("2 of 3 confirm, the slowest (")
    assert len(found["lamps"].lines) == 2
    assert (found["lamp dead"].mark, found["lamp dead"].found) == (Severity.WRONG, "doesn't answer")
    assert "power" in found["lamp dead"].todo
    for name, there, level in (("esphome", 0.85, 0.95), ("dimmer", 0.3, 0.2)):
        lamp = rooms.lamps[name]
        assert lamp.wait_for(partial(shows, level), TIMEOUT)
        told = [fade.target for fade in lamp.levels]
        assert any(abs(target - there) < 0.02 for target in told)


def test_a_broker_that_drops_commands_is_hinted_at(tmp_path: Path) -> None:
    """The lamp may be as well as can be: nothing is sent to it."""
    broker = Mosquitto(tmp_path).allowing("readwrite kacenv/#", "read #")
    with broker, ExitStack() as stack:
        room = LampRooms(broker.port, stack).room(DEAD)
        found = findings(lamps(room, ScriptedAvailability()))["lamp dead"]
    assert found.mark is Severity.WRONG
    assert "power" in found.todo
    assert f"nothing that kacenv sends to {room.lights[0].topic} comes back" in found.todo


def test_a_broker_that_refuses_reports_is_named(tmp_path: Path) -> None:
    """Without the right to read, no lamp can be heard."""
    with Mosquitto(tmp_path).refusing_to_read("kacenv/#") as broker, ExitStack() as stack:
        room = LampRooms(broker.port, stack).room(DEAD)
        found = findings(lamps(room, ScriptedAvailability()))["lamp dead"]
    assert f"doesn't let kacenv's user read {room.lights[0].state_topic}" in found.todo


def test_a_lamp_of_which_nobody_knows_is_left_at_the_safe_light(rooms: LampRooms) -> None:
    """It keeps no report for newcomers and can't be asked: the light before is not guessed."""
    room = rooms.room(STRIP)
    assert room.broker is not None
    reported = threading.Event()

    def hear(topic: str, _payload: bytes) -> None:
        if topic.endswith("/g"):
            reported.set()

    callbacks = MqttCallbacks(lambda _up: None, hear, lambda _text: None)
    availability = MqttClient(
        room.broker, "x", Subscriptions((f"{room.lights[0].topic}/#",)), callbacks, announce=False
    )
    with closing(availability):
        availability.start()
        assert wait_for(lambda: availability.connected, Seconds(TIMEOUT))
        rooms.add_lamps(room, strip="30%")
        assert reported.wait(TIMEOUT)
    found = findings(lamps(room, ScriptedAvailability()))
    assert found["lamp strip"].mark is Severity.NOTE
    assert "left at its safe light, 60%" in found["lamp strip"].found
    assert rooms.lamps["strip"].wait_for(lambda lamp: abs(lamp.level_now - 0.6) < 0.02, TIMEOUT)


def test_a_lamp_that_can_be_asked_comes_back_to_what_it_said(rooms: LampRooms) -> None:
    """Zigbee2MQTT keeps no report either, but answers what the lamp shows: there it is led back."""
    room = rooms.room(ZIGBEE)
    rooms.add_lamps(room, zigbee="30% 2700 K")
    found = findings(lamps(room, ScriptedAvailability()))
    assert set(found) == {"lamps"}
    lamp = rooms.lamps["zigbee"]
    assert lamp.wait_for(lambda lamp: abs(lamp.level_now - 0.3) < 0.02, TIMEOUT)
    assert lamp.setting_now.kelvin == pytest.approx(2703, abs=10)


def test_lamps_move_softly(rooms: LampRooms) -> None:
    """Where the room's bound is gentler than the fade would be, so is preflight.

    A lamp that fades by itself is told the longer time; a dimmer goes up by levels in between and
    down again, and never beyond.
    """
    room = rooms.room(ESPHOME, DIMMER, steepest_light="4%")
    rooms.add_lamps(room, esphome="20%", dimmer="20%")
    assert findings(lamps(room, ScriptedAvailability())).keys() == {"lamps"}
    told = [json.loads(one.payload) for one in rooms.lamps["esphome"].received]
    assert [one["transition"] for one in told] == [3, 3]
    levels = [level for _, level in rooms.lamps["dimmer"].log if level > 0]
    top = levels.index(max(levels))
    assert levels[: top + 1] == sorted(levels[: top + 1])
    assert levels[top:] == sorted(levels[top:], reverse=True)
    assert levels[0] < levels[top // 2] < levels[top] < 0.32
    assert abs(levels[-1] - 0.2) < 0.01


def test_a_round_that_is_interrupted_brings_the_lamps_back(rooms: LampRooms) -> None:
    """Whoever presses Ctrl-C in the middle finds the light as it was."""
    room = rooms.room(ESPHOME)
    rooms.add_lamps(room, esphome="20%")
    said = lamps(room, ScriptedAvailability())
    lamp = rooms.lamps["esphome"]
    begin(said, rooms)
    said.close()  # type: ignore[attr-defined]  # a generator, as all probes are
    assert lamp.wait_for(lambda lamp: abs(lamp.level_now - 0.2) < 0.02, TIMEOUT)
    assert len(lamp.log) >= 2


class Flicker(ScriptedAvailability):
    """Somebody takes the room, and it looks free again a moment later."""

    def check(self) -> None:
        """Count a look; whoever had it is gone by the next."""
        try:
            super().check()
        finally:
            self.taken = False


@pytest.mark.parametrize("kind", [ScriptedAvailability, Flicker])
def test_a_room_that_is_taken_is_let_go_of(
    rooms: LampRooms, kind: type[ScriptedAvailability]
) -> None:
    """A session begins in the middle: no lamp is told anything more, and the daemon is asked once.

    The lamp that fades by itself ends where it was sent, the other where it was just then.
    """
    room, availability = rooms.room(ESPHOME, DIMMER, steepest_light="2%"), kind()
    rooms.add_lamps(room, esphome="20%", dimmer="20%")
    said = lamps(room, availability)
    begin(said, rooms)
    availability.taken = True
    assert list(said)[-1] == Taken("A session is on.", "Look again later.")
    assert availability.given_back == 1
    assert len(rooms.lamps["esphome"].received) == 1
    levels = [level for _, level in rooms.lamps["dimmer"].log]
    assert levels == sorted(levels)
    assert levels[-1] < 0.28


def test_a_session_that_begins_before_the_first_word_finds_the_lamps_untouched(
    rooms: LampRooms,
) -> None:
    """It is looked right before each lamp is sent anywhere."""
    room = rooms.room(ESPHOME)
    rooms.add_lamps(room, esphome="20%")
    *_, taken = lamps(room, ScriptedAvailability(taken_after=0))
    assert isinstance(taken, Taken)
    assert not rooms.lamps["esphome"].received


def test_a_lamp_that_somebody_turns_meanwhile_is_theirs(rooms: LampRooms) -> None:
    """It isn't led back, and its radio isn't blamed; the other comes home."""
    room = rooms.room(ESPHOME, DIMMER)
    rooms.add_lamps(room, esphome="20%", dimmer="20%")
    said = lamps(room, ScriptedAvailability())
    lamp = rooms.lamps["esphome"]
    begin(said, rooms)
    lamp.turn(Level(0.8))
    found = findings(said)
    assert found["lamp esphome"].mark is Severity.NOTE
    assert "somebody else changed it" in found["lamp esphome"].found
    assert set(found) == {"lamps", "lamp esphome"}
    assert shows(0.8, lamp)
    assert rooms.lamps["dimmer"].wait_for(partial(shows, 0.2), TIMEOUT)


def test_a_lamp_that_says_nothing_doesn_t_begin_in_the_dark(rooms: LampRooms) -> None:
    """It may be lit all the same: it begins at the safe light, not at the first glimmer."""
    room = rooms.room(DEAD)
    (lone,) = rooms.room({**MUTE, "scale": 255}).lights
    lone = lone.model_copy(update={"topic": room.lights[0].topic})
    lit = VirtualLamp(lone, MonotonicClock(), rooms.port, setting=parse_setting("60%"))
    with lit:
        assert lit.wait_until_listening(TIMEOUT)
        assert findings(lamps(room, ScriptedAvailability()))["lamp dead"].mark is Severity.WRONG
        assert lit.wait_for(partial(shows, 0.6), TIMEOUT)
    assert min(level for _, level in lit.log) > 0.58


def mute(rooms: LampRooms, level: str) -> Room:
    """A room whose only lamp can't answer, is stepped, and shows this."""
    room = rooms.room(MUTE, safe_light=dict.fromkeys(Zone, "40%"))
    rooms.add_lamps(room, mute=level)
    return room


SIXTY = Setting(Level(0.6))


def test_a_lamp_that_cannot_answer_begins_where_the_daemon_knows_it_to_be(
    rooms: LampRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gets a little brighter and comes back, never darker; what a person says counts."""
    monkeypatch.setattr(lamp_test, "PATIENCE", Seconds(TIMEOUT))
    room = mute(rooms, "60%")
    *steps, question = mute_lamp(room, "mute", ScriptedAvailability({"mute": SIXTY}))
    assert all(isinstance(step, Progress) for step in steps)
    assert isinstance(question, Question)
    assert question.yes.mark is question.unasked.mark is Severity.FINE
    assert question.no.mark is Severity.WRONG
    assert "back at 60%" in question.unasked.found
    levels = [level for _, level in rooms.lamps["mute"].log]
    assert (min(levels), max(levels)) == pytest.approx((0.6, 0.7), abs=0.02)
    assert levels[-1] == pytest.approx(0.6, abs=0.006)


def test_a_lamp_of_which_nobody_knows_is_touched_only_by_consent(rooms: LampRooms) -> None:
    """Without it nothing is sent; with it the lamp goes to its safe light, never below."""
    room = mute(rooms, "60%")
    (note,) = mute_lamp(room, "mute", ScriptedAvailability())
    assert note == Finding("lamp mute", "can't answer; not tried", Severity.NOTE)
    lamp = rooms.lamps["mute"]
    assert not lamp.received
    *_, question = mute_lamp(room, "mute", ScriptedAvailability(), blindly=True)
    assert isinstance(question, Question)
    assert "left at its safe light, 40%" in question.unasked.found
    assert shows(0.4, lamp)
    assert min(level for _, level in lamp.log) > 0.38


def test_an_interrupted_lamp_that_cannot_answer_is_brought_back_too(rooms: LampRooms) -> None:
    """Nobody could see from anywhere that it was left behind."""
    room = mute(rooms, "60%")
    said = mute_lamp(room, "mute", ScriptedAvailability({"mute": SIXTY}))
    lamp = rooms.lamps["mute"]
    begin(said, rooms)
    assert lamp.wait_for(lambda lamp: lamp.level_now > 0.62, TIMEOUT)
    said.close()  # type: ignore[attr-defined]  # a generator, as all probes are
    assert shows(0.6, lamp)


def test_a_lamp_that_cannot_answer_is_let_go_of_once_the_room_is_taken(rooms: LampRooms) -> None:
    """Also where the probe is being interrupted: whoever has the room leads it from here."""
    room, availability = mute(rooms, "60%"), ScriptedAvailability({"mute": SIXTY})
    said = mute_lamp(room, "mute", availability)
    lamp = rooms.lamps["mute"]
    begin(said, rooms)
    assert lamp.wait_for(lambda lamp: lamp.level_now > 0.62, TIMEOUT)
    availability.taken = True
    said.close()  # type: ignore[attr-defined]  # a generator, as all probes are
    assert not shows(0.6, lamp)


def test_without_a_broker_no_lamp_is_reached(
    rooms: LampRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is one finding, with what to do."""
    monkeypatch.setattr("kacenv.devices.lights.direct.REACH_WITHIN", Seconds(0.4))
    room = rooms.room(DIMMER, MUTE, broker={"host": "127.0.0.1", "port": free_port()})
    known = ScriptedAvailability({"mute": parse_setting("40%")})
    for said in (lamps(room, known), mute_lamp(room, "mute", known)):
        (found,) = findings(said).values()
        assert found.mark is Severity.WRONG
        assert found.todo
