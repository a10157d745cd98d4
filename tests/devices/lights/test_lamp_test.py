"""The test of a room's lamps, over a real broker."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest
from support.lamps import ALL, TIMEOUT
from support.mosquitto import Mosquitto

from kacenv.core.units import Seconds
from kacenv.devices.lights import lamp_test
from kacenv.devices.lights.lamp_test import run_lamp_test
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.model.look import parse_setting
from kacenv.model.room import Room
from kacenv.system.clock import MonotonicClock

MakeRoom = Callable[..., Room]
MUTE = {"id": "mute", "dialect": "plain", "zone": "path", "topic": "mute"}


def test_each_lamp_gets_a_little_brighter_and_goes_back(
    mosquitto: Mosquitto, make_room: MakeRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after another; those that speak have confirmed, and soon; one without power has not."""
    monkeypatch.setattr(lamp_test, "SPAN", Seconds(0.3))
    monkeypatch.setattr(lamp_test, "PATIENCE", Seconds(1.5))
    absent = {**ALL[1], "id": "absent", "topic": "absent"}
    room = make_room(mosquitto.port, *ALL, MUTE, absent)
    clock, settings = MonotonicClock(), {"esphome": "95%", "zigbee": "30% 2700 K"}
    with ExitStack() as stack:
        assert room.broker is not None
        lamps = {}
        for fixture in room.lights[:-1]:
            setting = parse_setting(settings.get(fixture.id, "30%"))
            lamp = VirtualLamp(fixture, clock, room.broker, setting=setting)
            lamps[fixture.id] = stack.enter_context(lamp)
            assert lamp.wait_until_listening(TIMEOUT)
        results = {result.lamp: result for result in run_lamp_test(room)}
    assert {name: result.confirmed for name, result in results.items()} == {
        "esphome": True,
        "zigbee": True,
        "dimmer": True,
        "mute": None,
        "absent": False,
    }
    assert results["esphome"].told.level == pytest.approx(0.85, abs=0.01)
    assert results["dimmer"].told.level == pytest.approx(0.4, abs=0.01)
    latencies = []
    for name, result in results.items():
        if result.confirmed:
            assert result.latency is not None
            latencies.append(result.latency)
            told = [level for _, level in lamps[name].log]
            assert told
            assert lamps[name].level_now == pytest.approx(
                parse_setting(settings.get(name, "30%")).level, abs=0.02
            )
    assert min(latencies) < 0.5
