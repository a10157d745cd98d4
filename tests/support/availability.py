"""Availability of a room for a probe: free until somebody takes it."""

from collections.abc import Mapping

from kacenv.diagnostics.preflight.availability import RoomAvailability, RoomTakenError
from kacenv.model.look import Setting


class ScriptedAvailability(RoomAvailability):
    """Availability without a daemon: `taken_after` so many looks, or once `taken` is set.

    `known` are the lamps whose light the daemon would know.
    """

    def __init__(
        self, known: Mapping[str, Setting] | None = None, *, taken_after: int | None = None
    ) -> None:
        super().__init__("watched")
        self.taken, self.looks, self.given_back = False, 0, 0
        self._known, self._left = known or {}, taken_after

    def check(self) -> None:
        """Count a look."""
        self.looks += 1
        if self.taken or (self._left is not None and self.looks > self._left):
            raise RoomTakenError("A session is on.", "Look again later.")

    def restore_lights(self) -> None:
        """Count the request."""
        self.given_back += 1

    def light_of(self, lamp: str) -> Setting | None:
        """What is known."""
        return self._known.get(lamp)
