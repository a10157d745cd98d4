"""What the lamp's side of every dialect is made of."""

from typing import NamedTuple, Protocol

from kacenv.lights.dialects import Message
from kacenv.look import Setting
from kacenv.room import Fixture
from kacenv.units import Kelvin, Level, Seconds


class Heard(NamedTuple):
    """What a lamp understood of a command; None where it was told nothing."""

    level: Level | None
    kelvin: Kelvin | None = None
    transition: Seconds = Seconds(0.0)


class Bulb(Protocol):
    """The lamp's side of one dialect. Pure."""

    RETAINS: bool
    """Whether the broker keeps the lamp's last report for whoever asks later."""
    CANCELS: bool
    """Whether a new command stops the fade of what it doesn't mention, as some bulbs do."""

    def command_topic(self, fixture: Fixture) -> str:
        """Where the lamp listens."""
        ...

    def hear(self, fixture: Fixture, payload: bytes) -> Heard | None:
        """What the lamp understands of a command; None if nothing."""
        ...

    def report(self, fixture: Fixture, setting: Setting) -> Message | None:
        """The lamp's report of what it shows; None if it never reports."""
        ...

    def availability(self, fixture: Fixture, available: bool) -> Message | None:
        """The retained message that says whether the lamp answers; None if nobody says."""
        ...
