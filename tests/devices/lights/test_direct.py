"""The safe light without a daemon, over a real broker."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from support.lamps import ALL, DIMMER, ESPHOME, TIMEOUT, ZIGBEE
from support.mosquitto import Mosquitto, free_port
from support.staff import Staff

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.lights import direct
from kacenv.devices.lights.controller import LightController
from kacenv.devices.lights.direct import raise_lights
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.model.commands import ShowLook
from kacenv.model.look import Zone, parse_setting
from kacenv.model.room import Room
from kacenv.system.clock import MonotonicClock

MakeRoom = Callable[..., Room]
Hang = Callable[[Room], dict[str, VirtualLamp]]
MUTE = {"id": "mute", "dialect": "plain", "zone": "path", "topic": "mute"}
SILENT = {**ESPHOME, "id": "silent", "topic": "silent", "state_topic": "silent/state"}


@pytest.fixture
def hang() -> Iterator[Hang]:
    """Start a room's lamps, at 2 % each, and close them after the test."""
    with ExitStack() as stack:

        def hang(room: Room) -> dict[str, VirtualLamp]:
            assert room.broker is not None
            clock, dim = MonotonicClock(), parse_setting("2% 2200 K")
            lamps = {
                fixture.id: stack.enter_context(
                    VirtualLamp(fixture, clock, room.broker, setting=dim)
                )
                for fixture in room.lights
            }
            assert all(lamp.wait_until_listening(TIMEOUT) for lamp in lamps.values())
            return lamps

        yield hang


def test_every_lamp_is_raised_and_asked(
    mosquitto: Mosquitto, make_room: MakeRoom, hang: Hang, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All at the safe light when it returns; who is without power or can't speak is told of.

    The lamp without power is waited for, and the others don't wait for it.
    """
    monkeypatch.setattr(direct, "CONFIRM_WITHIN", Seconds(4.0))
    room = make_room(mosquitto.port, *ALL, MUTE, SILENT)
    lamps = hang(room.model_copy(update={"lights": room.lights[:-1]}))
    found = {one.lamp: one for one in raise_lights(room)}
    assert {name: lamp.level_now for name, lamp in lamps.items()} == dict.fromkeys(
        lamps, pytest.approx(0.7, abs=0.011)
    )
    confirmed = {name for name, one in found.items() if one.after is not None}
    assert confirmed == {"esphome", "zigbee", "dimmer"}
    assert [name for name, one in found.items() if not one.can_report] == ["mute"]


def test_it_works_beside_a_daemon_that_fades(
    mosquitto: Mosquitto, make_room: MakeRoom, hang: Hang, staff: Staff
) -> None:
    """Another rig is in the middle of a long fade: the lamps end at the safe light and stay."""
    room = make_room(mosquitto.port, ZIGBEE, DIMMER)
    lamps = hang(room)
    clock = MonotonicClock()
    rig = LightController(room, clock, staff.tell)
    rig.start()
    rig.perform(ShowLook({zone: parse_setting("1%") for zone in Zone}, clock.now(), Seconds(60.0)))
    assert lamps["dimmer"].wait_for(lambda lamp: bool(lamp.received), TIMEOUT)
    assert all(one.after is not None for one in raise_lights(room))
    assert staff.wait_for("changed by hand")
    assert all(lamp.level_now == pytest.approx(0.7, abs=0.011) for lamp in lamps.values())
    rig.close()


@pytest.mark.parametrize(
    ("lights", "words"), [((), "has no lamps"), ((DIMMER,), "can't be reached")]
)
def test_what_is_missing_is_said(
    make_room: MakeRoom,
    lights: tuple[dict[str, Any], ...],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No lamps, or no broker."""
    monkeypatch.setattr(direct, "REACH_WITHIN", Seconds(1.0))
    with pytest.raises(DeviceError, match=words):
        raise_lights(make_room(free_port(), *lights))
