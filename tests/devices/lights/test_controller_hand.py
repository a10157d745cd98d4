"""People at the switch, and lamps that don't follow."""

import json
from collections.abc import Callable

from support.lamps import LitRoom, commands
from support.waiting import wait_until

from kacenv.core.units import Level, Seconds
from kacenv.model.commands import ResumeLights

MakeHouse = Callable[..., LitRoom]


def test_a_hand_at_the_switch_is_left_alone(house: LitRoom) -> None:
    """It is shown, not fought, and the next look begins there."""
    asked = house.show("10%", 1.0)
    assert house.reaches(0.1)
    assert house.knows(0.1)
    wait_until(lambda: house.clock.now() > asked + 2.0)
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


def test_resume_brings_lamps_back_that_a_hand_has_changed(house: LitRoom) -> None:
    """Staff are told once for each lamp; the one nobody touched isn't told anything."""
    asked = house.show("30%", 1.0)
    assert house.reaches(0.3)
    assert house.knows(0.3)
    wait_until(lambda: house.clock.now() > asked + 2.0)
    pressed = [house.lamps["zigbee"], house.lamps["dimmer"]]
    for lamp in pressed:
        lamp.turn(Level(0.8))
        assert house.staff.wait_for(f"Lamp {lamp.fixture.id} was changed by hand")
    turned = house.clock.now()
    house.rig.perform(ResumeLights(turned, Seconds(2.0)))
    assert house.reaches(0.3)
    assert commands(house.lamps["esphome"], turned) == []
    assert len(house.staff.heard) == 2
