"""A round of real lamps: what they answer, and how they are left."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from support.lamps import DIMMER, ESPHOME, TIMEOUT, ZIGBEE
from support.mosquitto import Mosquitto, free_port

from kacenv.clock import MonotonicClock
from kacenv.doctor.finding import Finding, Mark
from kacenv.lights.client import Client, Ears
from kacenv.lights.direct import wait_for
from kacenv.lights.virtual import VirtualLamp
from kacenv.look import Zone, parse_setting
from kacenv.preflight import lamps as lamping
from kacenv.preflight.lamps import lamps, mute_lamp
from kacenv.preflight.said import Question, Said, Step
from kacenv.room import Room
from kacenv.units import Seconds

STRIP = {"id": "strip", "dialect": "wled", "zone": "seats", "can": ["level", "transition"]}
MUTE = {"id": "mute", "dialect": "plain", "zone": "path"}
DEAD = {**DIMMER, "id": "dead"}


class Hall:
    """A room of lamps on a broker, on topics of its own."""

    def __init__(self, port: int, stack: ExitStack) -> None:
        self._prefix, self._port, self._stack = uuid4().hex[:8], port, stack
        self.lamps: dict[str, VirtualLamp] = {}

    def room(self, *lights: dict[str, Any], **more: Any) -> Room:
        """A room with these lamps, whether or not anybody has hung them."""
        named = [self._named(light) for light in lights]
        return Room.model_validate(
            {
                "name": f"hall-{self._prefix}",
                "outputs": [{"id": "speakers", "role": "speakers"}],
                "lights": named,
                "broker": {"host": "127.0.0.1", "port": self._port},
                "safe_light": dict.fromkeys(Zone, "60%"),
                **more,
            }
        )

    def hang(self, room: Room, **settings: str) -> None:
        """Hang lamps that show this."""
        for fixture in room.lights:
            if fixture.id in settings:
                setting = parse_setting(settings[fixture.id])
                lamp = VirtualLamp(fixture, MonotonicClock(), self._port, setting=setting)
                self.lamps[fixture.id] = self._stack.enter_context(lamp)
                assert lamp.wait_until_listening(TIMEOUT)

    def _named(self, light: dict[str, Any]) -> dict[str, Any]:
        topic = f"{self._prefix}/{light['id']}"
        state = {"state_topic": f"{topic}/state"} if "state_topic" in light else {}
        return {**light, "topic": topic, **state}


@pytest.fixture
def hall(mosquitto: Mosquitto) -> Iterator[Hall]:
    """Lamps may be hung here."""
    with ExitStack() as stack:
        yield Hall(mosquitto.port, stack)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Softness is looked at elsewhere; here time is short."""
    assert lamping.SPAN >= 2.0
    monkeypatch.setattr(lamping, "SPAN", Seconds(0.5))
    monkeypatch.setattr(lamping, "PATIENCE", Seconds(1.0))
    monkeypatch.setattr(lamping, "SETTLE", Seconds(0.5))
    monkeypatch.setattr(lamping, "LISTEN", Seconds(0.5))


def findings(said: Iterator[Said]) -> dict[str, Finding]:
    """What was found, by what it is about."""
    return {one.what: one for one in said if isinstance(one, Finding)}


def shows(level: float, lamp: VirtualLamp) -> bool:
    """Whether a lamp shows a level."""
    return abs(lamp.level_now - level) < 0.02


@pytest.mark.usefixtures("soon")
def test_a_round_finds_the_dead_lamp_and_leaves_the_others_as_they_were(hall: Hall) -> None:
    """A bright and a dim one move and come back; one without power is named, with a way out."""
    room = hall.room(ESPHOME, DIMMER, DEAD, safe_light=dict.fromkeys(Zone, "20%"))
    hall.hang(room, esphome="95% 2700 K", dimmer="20%")
    found = findings(lamps(room))
    assert set(found) == {"lamps", "lamp dead"}
    assert found["lamps"].found.startswith("2 of 3 confirm, the slowest (")
    assert len(found["lamps"].lines) == 2
    assert (found["lamp dead"].mark, found["lamp dead"].found) == (Mark.WRONG, "doesn't answer")
    assert "power" in found["lamp dead"].todo
    for name, there, level in (("esphome", 0.85, 0.95), ("dimmer", 0.3, 0.2)):
        lamp = hall.lamps[name]
        assert lamp.wait_for(partial(shows, level), TIMEOUT)
        told = [fade.target for fade in lamp._levels]
        assert any(abs(target - there) < 0.02 for target in told)


@pytest.mark.usefixtures("soon")
def test_a_lamp_of_which_nobody_knows_is_left_at_the_safe_light(hall: Hall) -> None:
    """It keeps no report for newcomers and can't be asked: the light before is not guessed."""
    room = hall.room(STRIP)
    assert room.broker is not None
    reported = threading.Event()

    def hear(topic: str, _payload: bytes) -> None:
        if topic.endswith("/g"):
            reported.set()

    ears = Ears(lambda _up: None, hear, lambda _text: None)
    watcher = Client(room.broker, "x", (f"{room.lights[0].topic}/#",), ears, announce=False)
    with closing(watcher):
        watcher.start()
        assert wait_for(lambda: watcher.connected, Seconds(TIMEOUT))
        hall.hang(room, strip="30%")
        assert reported.wait(TIMEOUT)
    found = findings(lamps(room))
    assert found["lamp strip"].mark is Mark.NOTE
    assert "left at its safe light, 60%" in found["lamp strip"].found
    assert hall.lamps["strip"].wait_for(lambda lamp: abs(lamp.level_now - 0.6) < 0.02, TIMEOUT)


@pytest.mark.usefixtures("soon")
def test_a_lamp_that_can_be_asked_comes_back_to_what_it_said(hall: Hall) -> None:
    """Zigbee2MQTT keeps no report either, but answers what the lamp shows: there it is led back."""
    room = hall.room(ZIGBEE)
    hall.hang(room, zigbee="30% 2700 K")
    found = findings(lamps(room))
    assert set(found) == {"lamps"}
    lamp = hall.lamps["zigbee"]
    assert lamp.wait_for(lambda lamp: abs(lamp.level_now - 0.3) < 0.02, TIMEOUT)
    assert lamp.setting_now.kelvin == pytest.approx(2703, abs=10)


@pytest.mark.usefixtures("soon")
def test_lamps_move_softly(hall: Hall) -> None:
    """Where the room's bound is gentler than the fade would be, so is preflight."""
    room = hall.room(DIMMER, steepest_light="8%")
    hall.hang(room, dimmer="20%")
    assert findings(lamps(room)).keys() == {"lamps"}
    steps = [(at, level) for at, level in hall.lamps["dimmer"].log if level > 0]
    assert steps[-1][0] - steps[0][0] > 2.0
    for (before, low), (after, high) in pairwise(steps):
        assert abs(high - low) <= 0.08 * (after - before) + 0.02
    assert abs(steps[-1][1] - 0.2) < 0.01


@pytest.mark.usefixtures("soon")
def test_a_round_that_is_interrupted_brings_the_lamps_back(hall: Hall) -> None:
    """Whoever presses Ctrl-C in the middle finds the light as it was."""
    room = hall.room(ESPHOME)
    hall.hang(room, esphome="20%")
    said = lamps(room)
    lamp = hall.lamps["esphome"]
    while not lamp.log:
        next(said)
    said.close()  # type: ignore[attr-defined]  # a generator, as all probes are
    assert lamp.wait_for(lambda lamp: abs(lamp.level_now - 0.2) < 0.02, TIMEOUT)
    assert len(lamp.log) >= 2


@pytest.mark.usefixtures("soon")
def test_a_lamp_that_cannot_answer_is_asked_about(hall: Hall) -> None:
    """It rises to its safe light and stays; what a person says counts."""
    room = hall.room(MUTE, safe_light=dict.fromkeys(Zone, "40%"))
    hall.hang(room, mute="10%")
    *steps, question = mute_lamp(room, "mute")
    assert all(isinstance(step, Step) for step in steps)
    assert isinstance(question, Question)
    assert question.yes.mark is question.unasked.mark is Mark.FINE
    assert question.no.mark is Mark.WRONG
    assert "nobody was asked" in question.unasked.found
    lamp = hall.lamps["mute"]
    assert lamp.level_now == pytest.approx(0.4, abs=0.006)
    assert sum(0.1 < level < 0.35 for _, level in lamp.log) > 2


@pytest.mark.usefixtures("soon")
def test_without_a_broker_no_lamp_is_reached(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is one finding, with what to do."""
    monkeypatch.setattr("kacenv.lights.direct.REACH_WITHIN", Seconds(0.4))
    room = hall.room(DIMMER, MUTE, broker={"host": "127.0.0.1", "port": free_port()})
    for said in (lamps(room), mute_lamp(room, "mute")):
        (found,) = findings(said).values()
        assert found.mark is Mark.WRONG
        assert found.todo
