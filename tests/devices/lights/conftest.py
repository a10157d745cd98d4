"""Rooms with lamps, and a real broker for them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from support.lamps import ALL, RATE, LitRoom
from support.mosquitto import Mosquitto
from support.staff import Staff

from kacenv.model.look import Zone
from kacenv.model.room import Fixture, Room
from kacenv.system.clock import SimClock

MakeRoom = Callable[..., Room]
MakeHouse = Callable[..., LitRoom]


@pytest.fixture
def staff() -> Staff:
    """Return a recorder of staff messages."""
    return Staff()


@pytest.fixture(scope="session")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """Start a broker for the whole test session."""
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker


@pytest.fixture
def own_mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """Return a broker of the test's own, not started yet."""
    broker = Mosquitto(tmp_path)
    yield broker
    broker.stop()


@pytest.fixture
def make_room() -> MakeRoom:
    """Make a room of lamps on a broker's port, on topics no other test uses."""
    prefix = uuid4().hex[:8]

    def make(port: int, *lights: dict[str, Any], **broker: Any) -> Room:
        topics = [_prefixed(f"{prefix}/{light['id']}", light) for light in lights]
        return Room.model_validate(
            {
                "name": f"room-{prefix}",
                "outputs": [{"id": "speakers", "role": "speakers"}],
                "lights": topics,
                "broker": {"host": "127.0.0.1", "port": port, **broker},
                "safe_light": dict.fromkeys(Zone, "70% 3000 K"),
            }
        )

    return make


@pytest.fixture
def make_house(make_room: MakeRoom, staff: Staff) -> Iterator[MakeHouse]:
    """Make rooms with a light controller and lamps, and close them after the test."""
    houses: list[LitRoom] = []

    def make(port: int, *lights: dict[str, Any], rate: float = RATE, **broker: Any) -> LitRoom:
        house = LitRoom(make_room(port, *(lights or ALL), **broker), SimClock(rate), staff)
        houses.append(house)
        return house

    yield make
    for house in houses:
        house.close()


@pytest.fixture
def house(make_house: MakeHouse, mosquitto: Mosquitto) -> LitRoom:
    """Make a room with lamps of three dialects, reported as dark."""
    house = make_house(mosquitto.port)
    house.start()
    house.darken()
    return house


@pytest.fixture
def make_fixture() -> Callable[..., Fixture]:
    """Make one lamp."""

    def make(dialect: str, *can: str, **fields: Any) -> Fixture:
        described = {"id": "lamp", "topic": "house/lamp", "zone": "seats", **fields}
        return Fixture.model_validate({**described, "dialect": dialect, "can": can})

    return make


def _prefixed(prefix: str, light: dict[str, Any]) -> dict[str, Any]:
    """A lamp whose topics, and a first one where it has none, lie below `prefix`."""
    named = [key for key in ("topic", "state_topic") if key in light]
    topics: dict[str, Any] = {key: f"{prefix}/{light[key]}" for key in named}
    return {"topic": prefix, **light, **topics}
