"""Lamps on simulated time, whose broker has been connected for long."""

from collections.abc import Callable
from typing import Any

import pytest
from support.lone_lamp import LONG_AGO, STATE, MakeLamp

from kacenv.devices.lights.lamp.lamp import Lamp
from kacenv.model.room import Fixture


@pytest.fixture
def make_lamp(make_fixture: Callable[..., Fixture]) -> MakeLamp:
    """Make one lamp, connected for long."""

    def make(dialect: str, *can: str, **fields: Any) -> Lamp:
        lamp = Lamp(make_fixture(dialect, *can, **fields))
        lamp.broker_back(LONG_AGO)
        return lamp

    return make


@pytest.fixture
def dimmer(make_lamp: MakeLamp) -> Lamp:
    """Return a plain dimmer with a state topic."""
    return make_lamp("plain", "level", scale=255, state_topic=STATE)


@pytest.fixture
def bulb(make_lamp: MakeLamp) -> Lamp:
    """Return a lamp with transitions of its own."""
    return make_lamp("home-assistant", "level", "kelvin", "transition", state_topic=STATE)


@pytest.fixture
def zigbee(make_lamp: MakeLamp) -> Lamp:
    """Return a Zigbee bulb."""
    return make_lamp("zigbee2mqtt", "level", "kelvin", "transition")
