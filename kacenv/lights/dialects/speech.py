"""What every dialect is made of: messages, reports, and reading what may be hostile."""

import json
import math
from typing import NamedTuple, Protocol

from kacenv.lights.eye import Scale
from kacenv.look import Setting
from kacenv.room import Ability, Fixture
from kacenv.units import Kelvin, Level, Seconds

LONGEST_PAYLOAD = 65536
"""Bytes; no lamp's report is nearly as long."""
ON, OFF = "ON", "OFF"
ONLINE, OFFLINE = "online", "offline"
_MIRED = 1_000_000.0


class Message(NamedTuple):
    """One MQTT message."""

    topic: str
    payload: bytes


class Reported(NamedTuple):
    """What a lamp says of itself; None where it says nothing."""

    level: Level | None = None
    kelvin: Kelvin | None = None
    available: bool | None = None


class Codec(Protocol):
    """One dialect: the only place that knows its payloads. Pure."""

    FADES: bool
    """Whether lamps of this dialect can be told how long to take."""

    def scale(self, fixture: Fixture) -> Scale:
        """The numbers in which the lamp counts its light."""
        ...

    def encode(
        self, fixture: Fixture, setting: Setting, transition: Seconds
    ) -> tuple[Message, ...]:
        """The messages that bring the lamp to `setting` within `transition`."""
        ...

    def encode_white(
        self, fixture: Fixture, kelvin: Kelvin, transition: Seconds
    ) -> tuple[Message, ...]:
        """The messages that change the white alone; none where `encode` fades both together."""
        ...

    def decode(self, fixture: Fixture, topic: str, payload: bytes) -> Reported | None:
        """What a message says of the lamp; None for what makes no sense. Never raises."""
        ...

    def subscriptions(self, fixture: Fixture) -> tuple[str, ...]:
        """The topics on which the lamp reports."""
        ...


def dimmable(fixture: Fixture) -> bool:
    """Whether the lamp knows more than on and off."""
    return Ability.LEVEL in fixture.can


def to_mired(fixture: Fixture, kelvin: float) -> int:
    """A white in whole mired, held to what the lamp can show."""
    return round(_MIRED / min(max(kelvin, fixture.warmest), fixture.coolest))


def from_mired(mired: float | None) -> Kelvin | None:
    """The white of a reported mired value; None where no lamp can be that white."""
    return Kelvin(_MIRED / mired) if mired is not None and 50 <= mired <= 1000 else None


def write(fields: dict[str, object]) -> bytes:
    """Fields as compact JSON."""
    return json.dumps(fields, separators=(",", ":")).encode()


def read(payload: bytes) -> dict[str, object] | None:
    """A JSON object's fields; None for everything else, however hostile."""
    if len(payload) > LONGEST_PAYLOAD:
        return None
    try:
        fields = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def number(fields: dict[str, object], key: str, most: float) -> float | None:
    """The number under `key` if it is one from 0 to `most`."""
    value = fields.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and 0 <= value <= most else None
