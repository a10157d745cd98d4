"""Music schedule: orders that are known ahead, performed if nobody gives them in time."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

from kacenv.core.units import Seconds
from kacenv.model.commands import AudioCommand, CueTrack, ScheduledCommand

GRACE: Final = Seconds(0.3)
"""Time for which an order is waited for after it is due, so that a press at the last moment counts
and a busy engine comes first; crossfades are that much shorter then."""
_REMEMBERED: Final = 32
"""Number of orders performed ahead that may still be given."""


class MusicSchedule:
    """Orders for the music by the plan; for the rendering thread only."""

    def __init__(self) -> None:
        self._pending: deque[ScheduledCommand] = deque()
        self._performed: deque[AudioCommand] = deque(maxlen=_REMEMBERED)
        self._opening: int | None = None

    def replace(self, commands: Sequence[ScheduledCommand]) -> None:
        """Replace all orders that are still to come."""
        self._pending = deque(one for one in commands if one.command not in self._performed)

    def take(self, command: AudioCommand) -> bool:
        """Note that an order is given now; return False if it was performed before."""
        if command in self._performed:
            self._performed.remove(command)
            return False
        self._pending = deque(one for one in self._pending if one.command != command)
        return True

    def due(self, time: Seconds) -> Iterator[AudioCommand]:
        """Yield the orders that should have been given by `time` and weren't, each once.

        After a track to open none is yielded until it is `opened`.
        """
        while self._opening is None and self._pending and self._pending[0].at + GRACE <= time:
            command = self._pending.popleft().command
            self._performed.append(command)
            if isinstance(command, CueTrack):
                self._opening = command.play_id
            yield command

    def opened(self) -> None:
        """Note that the track that was to be opened has a deck, or gets none."""
        self._opening = None
