"""Lights-up over a real broker."""

from collections.abc import Callable

from support.lamps import DIMMER, LATENESS, TIMEOUT, LitRoom, commands, moments
from support.mosquitto import Mosquitto
from support.waiting import wait_until

from kacenv.devices.lights.fades.fade_steps import STEP_GAP
from kacenv.devices.lights.lamp.estimate import ANSWER_WITHIN
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp

MakeHouse = Callable[..., LitRoom]


def test_lights_up_takes_three_seconds_on_every_lamp(
    make_house: MakeHouse, mosquitto: Mosquitto
) -> None:
    """From off, and said again three times."""
    house = make_house(mosquitto.port, rate=2.0)
    house.start()
    house.darken()
    start = house.show("70% 3000 K", 3.0, urgent=True)
    assert house.reaches(0.7)
    for lamp in house.lamps.values():
        reached = next(at for at in moments(start, start + 4) if lamp.level_at(at) >= 0.69)
        assert 2.5 <= reached - start <= 3.0 + 2 * LATENESS + STEP_GAP
        assert lamp.wait_for(lambda lamp: _repeats(lamp, start) >= 4, TIMEOUT)


def test_lights_up_waits_for_no_lamp_that_is_asked(
    make_house: MakeHouse, mosquitto: Mosquitto
) -> None:
    """A look waits for a lamp that never answers; lights-up reaches it within that second."""
    house = make_house(mosquitto.port, DIMMER, rate=ANSWER_WITHIN / (2 * TIMEOUT))
    (fixture,) = house.room.lights
    mute = fixture.model_copy(update={"state_topic": None})
    house.lamps["dimmer"] = dimmer = VirtualLamp(mute, house.clock, house.port)
    house.start()
    asked = house.show("20%", 5.0)
    wait_until(lambda: house.clock.now() > asked + LATENESS * house.clock.rate)
    start = house.show("70% 3000 K", 3.0, urgent=True)
    assert house.reaches(0.7)
    assert house.clock.now() - start < ANSWER_WITHIN
    assert len(set(commands(dimmer))) == 1


def _repeats(lamp: VirtualLamp, start: float) -> int:
    """Return how often a lamp was told its final level."""
    sent = [payload for payload in commands(lamp, start) if b"color_temp" not in payload[:14]]
    levels = [payload.partition(b',"transition"')[0] for payload in sent]
    return levels.count(levels[-1]) if levels else 0
