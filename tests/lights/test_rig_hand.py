"""People at the switch, and lamps that don't follow."""

import json
from collections.abc import Callable

from support.lamps import (
    LitRoom,
    commands,
)

from kacenv.units import Level

MakeHouse = Callable[..., LitRoom]


def test_a_hand_at_the_switch_is_left_alone(house: LitRoom) -> None:
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
