"""Protocol and types of the device-side codecs."""

from typing import NamedTuple, Protocol

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects import Message
from kacenv.devices.lights.dialects.codec_protocol import OFFLINE, ONLINE
from kacenv.model.look import Color, Setting
from kacenv.model.room import Fixture


class ParsedCommand(NamedTuple):
    """Fields of a received command; None where absent."""

    level: Level | None = None
    kelvin: Kelvin | None = None
    transition: Seconds = Seconds(0.0)
    color: Color | None = None


class CommandRate(NamedTuple):
    """Rate limit of a lamp: commands within a time (s); more are lost."""

    commands: int
    within: Seconds


class DeviceCodec(Protocol):
    """Device side of one dialect; pure."""

    RETAINS: bool
    """True if the lamp's reports are retained."""
    CANCELS: bool
    """True if a command stops the fades of properties that it doesn't mention, as in some bulbs."""
    RATE: CommandRate | None
    """Rate limit of such lamps; None if none is known."""

    def command_topics(self, fixture: Fixture) -> tuple[str, ...]:
        """Return the topics of the lamp's commands."""
        ...

    def decode_command(self, fixture: Fixture, topic: str, payload: bytes) -> ParsedCommand | None:
        """Decode a command; return None for an invalid one. Never raises."""
        ...

    def answers(self, fixture: Fixture, payload: bytes, *, taken: bool) -> tuple[Message, ...]:
        """Return the answers to a command, apart from reports."""
        ...

    def reports(self, fixture: Fixture, setting: Setting) -> tuple[Message, ...]:
        """Return the lamp's reports of a setting; none if it never reports."""
        ...

    def availability(self, fixture: Fixture, available: bool) -> Message | None:
        """Return the retained availability message; None if the lamp has none."""
        ...


def no_answers(_fixture: Fixture, _payload: bytes, *, taken: bool) -> tuple[Message, ...]:  # noqa: ARG001 - as the protocol has it
    """Return no answers, for lamps that only report."""
    return ()


def topic_availability(fixture: Fixture, available: bool) -> Message | None:
    """Return a bare word on the room file's availability topic, if there is one."""
    topic = fixture.availability_topic
    return Message(topic, ONLINE.encode() if available else OFFLINE.encode()) if topic else None
