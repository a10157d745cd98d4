"""Codec of a simulated lamp: the other side of its dialect."""

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, Literal, NamedTuple, TypeVar

from kacenv.core.units import Kelvin, Level, Seconds
from kacenv.devices.lights.dialects.lamp_codec import LampCodec, Message
from kacenv.model.look import Color, Setting

CodecT = TypeVar("CodecT", bound=LampCodec)


class ParsedCommand(NamedTuple):
    """Fields of a received command; None where absent."""

    level: Level | None = None
    kelvin: Kelvin | None = None
    transition: Seconds = Seconds(0.0)
    color: Color | None = None
    on: bool | None = None
    """Switch alone, without a level."""
    wakes: bool = False
    """True if a white or colour also switches the lamp on."""
    clears: Literal["white", "color"] | None = None
    """Channels that are put out, in lamps that mix white and colour."""
    effect: str | None = None
    """Effect to run; empty to end it."""


class Extras(NamedTuple):
    """Report of a lamp beside its setting."""

    effect: str | None = None
    """Effect that runs; empty for none, None for a lamp without effects."""
    mode: str = ""
    """Colour mode, where the lamp has one of its own."""
    mixed: bool = False
    """True if white is lit beside the colour."""


NOTHING = Extras()


class CommandRate(NamedTuple):
    """Rate limit of a lamp: commands within a time (s); more are lost."""

    commands: int
    within: Seconds


class DeviceCodec(ABC, Generic[CodecT]):
    """Device side of one lamp; pure."""

    RETAINS: ClassVar[bool] = False
    """True if the lamp's reports are retained."""
    CANCELS: ClassVar[bool] = False
    """True if a command stops the fades of properties that it doesn't mention, as in some bulbs."""
    RATE: ClassVar[CommandRate | None] = None
    """Rate limit of such lamps; None if none is known."""

    def __init__(self, codec: CodecT) -> None:
        self.codec, self.fixture = codec, codec.fixture

    @property
    def command_topics(self) -> tuple[str, ...]:
        """Return the topics of the lamp's commands."""
        return (self.codec.command_topic,)

    @abstractmethod
    def decode_command(self, topic: str, payload: bytes) -> ParsedCommand | None:
        """Decode a command; return None for an invalid one. Never raises."""

    def decode_commands(self, topic: str, payload: bytes) -> tuple[ParsedCommand, ...]:
        """Decode all commands of a message, one after the other. Never raises."""
        command = self.decode_command(topic, payload)
        return () if command is None else (command,)

    def answers(self, _payload: bytes, *, taken: bool) -> tuple[Message, ...]:  # noqa: ARG002 - for subclasses
        """Return the answers to a command, apart from reports."""
        return ()

    @abstractmethod
    def reports(self, setting: Setting, extras: Extras = NOTHING) -> tuple[Message, ...]:
        """Return the lamp's reports of a setting; none if it never reports."""

    def reports_after(
        self,
        command: ParsedCommand,  # noqa: ARG002 - for subclasses
        setting: Setting,
        extras: Extras,
    ) -> tuple[Message, ...]:
        """Return the lamp's reports after a command."""
        return self.reports(setting, extras)

    def availability(self, available: bool) -> Message | None:
        """Return the retained availability message; None if the lamp has none."""
        topic = self.codec.availability_topic
        word = self.codec.AVAILABLE[0 if available else 1]
        return Message(topic, word.encode()) if topic else None
