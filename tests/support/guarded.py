"""A room that asks everybody who comes by TCP for a token or a PIN."""

from typing import NamedTuple

from support.caller import Caller
from support.tablet import ServedRoom


class Guarded(NamedTuple):
    """A served room, and what its devices log in with."""

    room: ServedRoom
    staff_token: str
    viewer_token: str
    pin: str

    @property
    def port(self) -> int:
        """Where it is."""
        return self.room.port

    def stranger(self) -> Caller:
        """Somebody without anything, at an address of their own."""
        return Caller(self.port)

    def staff(self) -> Caller:
        """A program with a token of staff."""
        return Caller(self.port, self.staff_token)

    def viewer(self) -> Caller:
        """A program that may only look."""
        return Caller(self.port, self.viewer_token)
