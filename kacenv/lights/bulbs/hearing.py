"""What the lamp's side of every dialect is made of."""

from typing import NamedTuple, Protocol

from kacenv.lights.dialects import Message
from kacenv.lights.dialects.speech import OFFLINE, ONLINE
from kacenv.look import Color, Setting
from kacenv.room import Fixture
from kacenv.units import Kelvin, Level, Seconds


class Heard(NamedTuple):
    """What a lamp understood of a command; None where it was told nothing."""

    level: Level | None = None
    kelvin: Kelvin | None = None
    transition: Seconds = Seconds(0.0)
    color: Color | None = None


class Rate(NamedTuple):
    """How many commands a lamp can take within how long; more are lost."""

    commands: int
    within: Seconds


class Bulb(Protocol):
    """The lamp's side of one dialect. Pure."""

    RETAINS: bool
    """Whether the broker keeps the lamp's last report for whoever asks later."""
    CANCELS: bool
    """Whether a new command stops the fade of what it doesn't mention, as some bulbs do."""
    RATE: Rate | None
    """What lamps of this kind can take; None where nobody has met a bound."""

    def command_topics(self, fixture: Fixture) -> tuple[str, ...]:
        """Where the lamp listens."""
        ...

    def hear(self, fixture: Fixture, topic: str, payload: bytes) -> Heard | None:
        """What the lamp understands of a command; None if nothing. Never raises."""
        ...

    def answers(self, fixture: Fixture, payload: bytes, *, taken: bool) -> tuple[Message, ...]:
        """What it answers to a command, beside its reports."""
        ...

    def reports(self, fixture: Fixture, setting: Setting) -> tuple[Message, ...]:
        """The lamp's reports of what it shows; none if it never reports."""
        ...

    def availability(self, fixture: Fixture, available: bool) -> Message | None:
        """The retained message that says whether the lamp answers; None if nobody says."""
        ...


def no_answers(_fixture: Fixture, _payload: bytes, *, taken: bool) -> tuple[Message, ...]:  # noqa: ARG001 - as the protocol has it
    """For lamps that only report."""
    return ()


def topic_availability(fixture: Fixture, available: bool) -> Message | None:
    """A bare word on the topic that the room file names, if it does."""
    topic = fixture.availability_topic
    return Message(topic, ONLINE.encode() if available else OFFLINE.encode()) if topic else None
