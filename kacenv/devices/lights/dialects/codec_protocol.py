"""Protocol and helpers of the dialects' codecs; all parsing tolerates hostile payloads."""

import json
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.fades.lightness import DimmingScale
from kacenv.model.look import Color, Setting
from kacenv.model.room import Ability, Fixture

LONGEST_PAYLOAD = 65536
"""Longest accepted payload (bytes), far above any lamp's report."""
ON, OFF = "ON", "OFF"
ONLINE, OFFLINE = "online", "offline"
_AVAILABLE = {ONLINE: True, OFFLINE: False}
_MIRED = 1_000_000.0


class Message(NamedTuple):
    """MQTT message."""

    topic: str
    payload: bytes


class Reported(NamedTuple):
    """Fields of a lamp's report; None where absent."""

    level: Level | None = None
    kelvin: Kelvin | None = None
    available: bool | None = None
    color: Color | None = None


class Codec(Protocol):
    """Codec of one dialect, the only place that knows its payloads; pure."""

    FADES: bool
    """True if lamps of this dialect accept a transition."""
    LONGEST: Seconds
    """Longest transition (s) of one command; longer ones are cut to it."""

    def scale(self, fixture: Fixture) -> DimmingScale:
        """Return the lamp's brightness scale."""
        ...

    def encode(
        self, fixture: Fixture, setting: Setting, transition: Seconds
    ) -> tuple[Message, ...]:
        """Return the messages that fade the lamp to `setting` within `transition`."""
        ...

    def encode_color(
        self, fixture: Fixture, setting: Setting, transition: Seconds
    ) -> tuple[Message, ...]:
        """Return the messages for white or colour alone; none if it fades with the level."""
        ...

    def decode(self, fixture: Fixture, topic: str, payload: bytes) -> Reported | None:
        """Decode a message from the lamp; return None for an invalid one. Never raises."""
        ...

    def subscriptions(self, fixture: Fixture) -> tuple[str, ...]:
        """Return the topics of the lamp's reports."""
        ...

    def reports_level(self, fixture: Fixture) -> bool:
        """Tell if the lamp can report its level, and not only its availability."""
        ...

    def state_query(self, fixture: Fixture) -> tuple[Message, ...]:
        """Return the messages that ask the lamp for its state; none if it can't be asked."""
        ...


def no_color_messages(
    _fixture: Fixture, _setting: Setting, _transition: Seconds
) -> tuple[Message, ...]:
    """Return no messages, for dialects that fade level and white or colour together."""
    return ()


def no_state_query(_fixture: Fixture) -> tuple[Message, ...]:
    """Return no messages, for dialects whose lamps can't be asked for their state."""
    return ()


def always_reports_level(_fixture: Fixture) -> bool:
    """Return True, for dialects whose lamps all report their level."""
    return True


def has_state_topic(fixture: Fixture) -> bool:
    """Tell if the room file names a topic for the lamp's reports."""
    return fixture.state_topic is not None


def room_file_topics(fixture: Fixture) -> tuple[str, ...]:
    """Return the state and availability topics that the room file names."""
    return tuple(filter(None, (fixture.state_topic, fixture.availability_topic)))


def bare_availability(payload: bytes, words: Mapping[bytes, bool]) -> Reported | None:
    """Decode an availability message that is one of `words`; None otherwise."""
    answer = words.get(payload)
    return None if answer is None else Reported(available=answer)


def dimmable(fixture: Fixture) -> bool:
    """Tell if the lamp can be dimmed."""
    return Ability.LEVEL in fixture.can


def to_mired(fixture: Fixture, kelvin: float) -> int:
    """Return a white in whole mired, clamped to the lamp's range."""
    return round(_MIRED / held(fixture, kelvin))


def from_mired(mired: float | None) -> Kelvin | None:
    """Return the white of a reported mired value; None outside 50 to 1000."""
    return Kelvin(_MIRED / mired) if mired is not None and 50 <= mired <= 1000 else None


def shown_color(fixture: Fixture, setting: Setting) -> Color | None:
    """Return the setting's colour, if the lamp is lit and has colours."""
    has_colors = Ability.COLOR in fixture.can and setting.level > 0
    return setting.color if has_colors else None


def shown_white(fixture: Fixture, setting: Setting) -> Kelvin | None:
    """Return the setting's white, if the lamp is lit and has whites."""
    has_whites = Ability.KELVIN in fixture.can and setting.level > 0
    return setting.kelvin if has_whites else None


def held(fixture: Fixture, kelvin: float) -> Kelvin:
    """Clamp a white to the lamp's range."""
    return Kelvin(min(max(kelvin, fixture.warmest), fixture.coolest))


def available(payload: bytes) -> Reported | None:
    """Decode `online` or `offline`, bare or as the `state` of a JSON object; None otherwise."""
    fields = read(payload)
    word = fields.get("state") if fields else payload[:16].decode("ascii", "replace")
    answers = _AVAILABLE.get(word) if isinstance(word, str) else None
    return None if answers is None else Reported(available=answers)


def write(fields: dict[str, object]) -> bytes:
    """Encode fields as compact JSON."""
    return json.dumps(fields, separators=(",", ":")).encode()


def read(payload: bytes) -> dict[str, object] | None:
    """Decode a JSON object; return None for everything else, however hostile."""
    value = read_value(payload)
    return value if isinstance(value, dict) else None


def read_value(payload: bytes) -> object:
    """Decode any JSON value; return None for everything else, however hostile."""
    if len(payload) > LONGEST_PAYLOAD:
        return None
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None


def said(report: Reported) -> Reported | None:
    """Return the report, or None if it is empty."""
    return report if report != Reported() else None


def number(fields: dict[str, object], key: str, most: float) -> float | None:
    """Return the number under `key`; None unless it is from 0 to `most`."""
    return within(fields.get(key), most)


def within(value: object, most: float) -> float | None:
    """Return `value`; None unless it is a number from 0 to `most`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Compared before the conversion: an integer of 5,000 digits overflows a float.
    return float(value) if 0 <= value <= most else None
