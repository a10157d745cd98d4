"""Availability of the room during a preflight; a session always has priority."""

from typing import Protocol

from kacenv.core.errors import DaemonError
from kacenv.model.look import Setting


class RoomTakenError(DaemonError):
    """Error if the room is needed: `reason` names by whom, `todo` how to repeat the test."""

    def __init__(self, reason: str, todo: str) -> None:
        super().__init__(f"{reason} {todo}")
        self.reason, self.todo = reason, todo


class RoomAvailability(Protocol):
    """Port to the room's daemon while a probe uses its devices."""

    def check(self) -> None:
        """Raise RoomTakenError unless the room is free."""
        ...

    def restore_lights(self) -> None:
        """Ask the room's daemon, once, to return changed lamps to its look."""
        ...

    def light_of(self, lamp: str) -> Setting | None:
        """Return the daemon's estimate of a lamp's light; None if unknown."""
        ...
