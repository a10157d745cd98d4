"""What others have left running or lit in a room's lamps, over a real broker."""

from collections.abc import Callable

import pytest
from support.lamps import TIMEOUT, LitRoom
from support.mosquitto import Mosquitto
from support.waiting import wait_until

from kacenv.devices.lights.simulator.faults import LampFaults
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp

MakeHouse = Callable[..., LitRoom]
ABILITIES = ["level", "kelvin", "color", "transition"]


def lamp(dialect: str, **topics: str) -> dict[str, object]:
    """Return a lamp of a dialect that can do everything."""
    return {"id": "lamp", "dialect": dialect, "zone": "seats", "can": ABILITIES, **topics}


def is_white(shown: VirtualLamp, kelvin: float) -> bool:
    """Whether a lamp shows a white, and no colour."""
    return abs((shown.setting_now.kelvin or 0.0) - kelvin) < 30.0


ESPHOME = lamp("home-assistant", topic="command", state_topic="state")


@pytest.mark.parametrize("look", ["30%", "30% 3000 K", "30% #ff8040"])
@pytest.mark.parametrize("described", [ESPHOME, lamp("zigbee2mqtt"), lamp("tasmota")])
def test_an_effect_that_runs_ends_with_the_next_look(
    make_house: MakeHouse, mosquitto: Mosquitto, described: dict[str, object], look: str
) -> None:
    """It was started before the room was opened; the light is steady then, and nobody is told."""
    house = make_house(mosquitto.port, described)
    shown = house.lamps["lamp"]
    shown.press()
    shown.run_effect("candle")
    house.start()
    assert house.knows(1.0)
    house.show(look, 2.0)
    assert shown.wait_for(lambda one: one.extras.effect == "", TIMEOUT)
    assert house.reaches(0.3)
    assert house.knows(0.3)
    assert house.staff.heard == []


def test_white_and_colour_don_t_shine_together(make_house: MakeHouse, mosquitto: Mosquitto) -> None:
    """In a lamp of ESPHome's with five channels, which keeps what it isn't told of."""
    house = make_house(mosquitto.port, ESPHOME)
    shown = house.lamps["lamp"]
    shown.faults = LampFaults(mode="rgbww")
    house.start()
    house.darken()
    for look in ("30% #ff8040", "40% 2700 K"):
        house.show(look, 1.0)
        level = float(look[:2]) / 100
        assert house.reaches(level)
        assert house.knows(level)
        wait_until(lambda: not shown.extras.mixed)
    assert shown.wait_for(lambda one: is_white(one, 2700.0), TIMEOUT)
    assert house.staff.heard == []


@pytest.mark.parametrize("dialect", ["zigbee2mqtt", "zwave-js", "tasmota"])
def test_a_dawn_is_in_its_own_white(
    make_house: MakeHouse, mosquitto: Mosquitto, dialect: str
) -> None:
    """The lamp takes no white while it is dark, and has it seconds after it is lit."""
    house = make_house(mosquitto.port, lamp(dialect), rate=20.0)
    shown = house.lamps["lamp"]
    shown.faults = LampFaults(deaf_to_white=True)
    house.start()
    house.darken()
    begun = house.show("40% 3500 K", 600.0)
    wait_until(lambda: house.clock.now() > begun + 20.0)
    assert shown.wait_for(lambda one: is_white(one, 3500.0), TIMEOUT)
    assert house.clock.now() < begun + 300.0
    assert house.staff.heard == []
