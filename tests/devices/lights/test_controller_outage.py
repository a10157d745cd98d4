"""Brokers and lamps that go away and come back."""

from collections.abc import Callable

from support.lamps import DIMMER, TIMEOUT, LitRoom, moments
from support.mosquitto import Mosquitto
from support.staff import Staff
from support.waiting import wait_until

MakeHouse = Callable[..., LitRoom]


def test_a_broker_that_comes_back_finds_the_look_again(
    own_mosquitto: Mosquitto, make_house: MakeHouse, staff: Staff
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
        gone_by = moments(gone, house.clock.now())
        assert max(lamp.level_at(moment) for moment in gone_by) < 0.45
    assert len([text for text in staff.heard if "can't be reached" in text]) == 1


def test_an_absent_broker_holds_nothing_up(
    own_mosquitto: Mosquitto, make_house: MakeHouse, staff: Staff
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
    own_mosquitto: Mosquitto, make_house: MakeHouse, staff: Staff
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


def test_a_lamp_switched_off_at_the_mains_comes_back_to_its_look(house: LitRoom) -> None:
    """Zigbee2MQTT says that it is back, and it is told again."""
    house.show("30%", 1.0)
    assert house.reaches(0.3)
    house.lamps["zigbee"].close()
    wait_until(lambda: house.rig.states()["zigbee"].available is False)
    before = len(house.lamps["zigbee"].received)
    house.lamps["zigbee"].start()
    assert house.lamps["zigbee"].wait_for(lambda lamp: len(lamp.received) > before, TIMEOUT)
    assert house.reaches(0.3)
