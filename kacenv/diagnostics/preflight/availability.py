"""Availability of a room for a preflight; a session always has priority."""

from contextlib import suppress
from typing import Any

from kacenv.core.errors import DaemonError, KacenvError, NotRunningError
from kacenv.core.units import Kelvin, Level
from kacenv.model.look import Setting, parse_color
from kacenv.server.client import get, post
from kacenv.system.room_lock import is_claimed

_ANSWERS_WITHIN = 2.0
"""Time limit of the daemon's answer, in seconds; beyond, it may be in a session."""
_LATER = "Look again when that is done."


class RoomTakenError(DaemonError):
    """Error if the room is needed: `reason` names by whom, `todo` how to repeat the test."""

    def __init__(self, reason: str, todo: str) -> None:
        super().__init__(f"{reason} {todo}")
        self.reason, self.todo = reason, todo


class RoomAvailability:
    """Asks the room's daemon, each time anew: no session, and no lights-up."""

    def __init__(self, room: str) -> None:
        self._room = room

    def status(self) -> dict[str, Any] | None:
        """Return the status of a free room; None if no daemon runs.

        Raises:
            RoomTakenError: A session is on, lights-up is active, or the daemon doesn't answer.
        """
        room = self._room
        try:
            status: dict[str, Any] = get(room, "/v1/status", _ANSWERS_WITHIN)
        except NotRunningError:
            if is_claimed(room):
                raise RoomTakenError(
                    f"The room {room} is being started or tested by another kacenv.", _LATER
                ) from None
            return None
        except KacenvError as error:
            raise RoomTakenError(f"Nobody can say whether {room} is free.", str(error)) from None
        session = status["session"]
        if session["mode"] != "idle":
            todo = "Look again when the session is over (kacenv status)."
            raise RoomTakenError(f"A session is on in {room}.", todo)
        if session["light_hand"] == "lights-up":
            todo = "Give them back with: kacenv lights plan. Then look again."
            raise RoomTakenError(f"Lights-up has the lamps of {room}.", todo)
        return status

    def check(self) -> None:
        """Raise RoomTakenError unless the room is free."""
        self.status()

    def restore_lights(self) -> None:
        """Ask the daemon to return changed lamps to its look; it may have ended, too."""
        with suppress(KacenvError):
            post(self._room, "/v1/requests", {"kind": "lights-resume"}, _ANSWERS_WITHIN)

    def light_of(self, lamp: str) -> Setting | None:
        """Return the daemon's estimate of a lamp's light; None if unknown."""
        status = self.status()
        if status is None or lamp not in status["lamps"]:
            return None
        shown = status["lamps"][lamp]
        color, kelvin = shown["color"], shown["kelvin"]
        return Setting(
            Level(shown["level"]),
            None if kelvin is None else Kelvin(kelvin),
            None if color is None else parse_color(color),
        )
