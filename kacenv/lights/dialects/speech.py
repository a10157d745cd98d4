"""What every dialect is made of: messages, reports, and reading what may be hostile."""

import json
from typing import NamedTuple, Protocol

from kacenv.lights.eye import Scale
from kacenv.look import Color, Setting
from kacenv.room import Ability, Fixture
from kacenv.units import Kelvin, Level, Seconds

LONGEST_PAYLOAD = 65536
"""Bytes; no lamp's report is nearly as long."""
ON, OFF = "ON", "OFF"
ONLINE, OFFLINE = "online", "offline"
_AVAILABLE = {ONLINE: True, OFFLINE: False}
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
    color: Color | None = None


class Codec(Protocol):
    """One dialect: the only place that knows its payloads. Pure."""

    FADES: bool
    """Whether lamps of this dialect can be told how long to take."""
    LONGEST: Seconds
    """The longest transition one command can ask for; a longer one is cut to it."""

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

    def encode_color(
        self, fixture: Fixture, color: Color, transition: Seconds
    ) -> tuple[Message, ...]:
        """The messages that change the colour alone; none where `encode` fades both together."""
        ...

    def decode(self, fixture: Fixture, topic: str, payload: bytes) -> Reported | None:
        """What a message says of the lamp; None for what makes no sense. Never raises."""
        ...

    def subscriptions(self, fixture: Fixture) -> tuple[str, ...]:
        """The topics on which the lamp reports."""
        ...

    def reports_level(self, fixture: Fixture) -> bool:
        """Whether the lamp can say what it shows, and not only whether it is there."""
        ...


def dimmable(fixture: Fixture) -> bool:
    """Whether the lamp knows more than on and off."""
    return Ability.LEVEL in fixture.can


def to_mired(fixture: Fixture, kelvin: float) -> int:
    """A white in whole mired, held to what the lamp can show."""
    return round(_MIRED / held(fixture, kelvin))


def from_mired(mired: float | None) -> Kelvin | None:
    """The white of a reported mired value; None where no lamp can be that white."""
    return Kelvin(_MIRED / mired) if mired is not None and 50 <= mired <= 1000 else None


def shown_color(fixture: Fixture, setting: Setting) -> Color | None:
    """The colour asked for, where the lamp is lit and has colours."""
    has_colors = Ability.COLOR in fixture.can and setting.level > 0
    return setting.color if has_colors else None


def shown_white(fixture: Fixture, setting: Setting) -> Kelvin | None:
    """The white asked for, where the lamp is lit and has whites."""
    has_whites = Ability.KELVIN in fixture.can and setting.level > 0
    return setting.kelvin if has_whites else None


def held(fixture: Fixture, kelvin: float) -> Kelvin:
    """A white, held to what the lamp can show."""
    return Kelvin(min(max(kelvin, fixture.warmest), fixture.coolest))


def available(payload: bytes) -> Reported | None:
    """`online` or `offline`, bare or as the `state` of a JSON object; None for anything else."""
    fields = read(payload)
    word = fields.get("state") if fields else payload[:16].decode("ascii", "replace")
    answers = _AVAILABLE.get(word) if isinstance(word, str) else None
    return None if answers is None else Reported(available=answers)


def write(fields: dict[str, object]) -> bytes:
    """Fields as compact JSON."""
    return json.dumps(fields, separators=(",", ":")).encode()


def read(payload: bytes) -> dict[str, object] | None:
    """A JSON object's fields; None for everything else, however hostile."""
    value = read_value(payload)
    return value if isinstance(value, dict) else None


def read_value(payload: bytes) -> object:
    """Any JSON value; None for everything else, however hostile."""
    if len(payload) > LONGEST_PAYLOAD:
        return None
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None


def said(report: Reported) -> Reported | None:
    """The report, or None if it says nothing."""
    return report if report != Reported() else None


def number(fields: dict[str, object], key: str, most: float) -> float | None:
    """The number under `key` if it is one from 0 to `most`."""
    return within(fields.get(key), most)


def within(value: object, most: float) -> float | None:
    """`value` if it is a number from 0 to `most`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Compared first: an integer of five thousand digits is no float.
    return float(value) if 0 <= value <= most else None
