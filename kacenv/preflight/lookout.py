"""Whether the room is still free: whoever needs it has it at once."""

from typing import Protocol

from kacenv.errors import DaemonError
from kacenv.look import Setting


class RoomTakenError(DaemonError):
    """Somebody needs the room: `reason` says who, `todo` what to do for another look."""

    def __init__(self, reason: str, todo: str) -> None:
        super().__init__(f"{reason} {todo}")
        self.reason, self.todo = reason, todo


class Lookout(Protocol):
    """Who keeps an eye on the room's daemon while a probe is at its devices."""

    def make_sure(self) -> None:
        """Raise RoomTakenError unless the room is free at this moment."""
        ...

    def give_back(self) -> None:
        """Ask the room's daemon, once, to bring lamps that it finds changed back to its look."""
        ...

    def light_of(self, lamp: str) -> Setting | None:
        """What the room's daemon takes a lamp to show; None where nobody knows."""
        ...
