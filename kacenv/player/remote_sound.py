"""Sound that a player makes, as the engine's process has it."""

import asyncio
import logging
import os
import select
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from typing import Final

from kacenv.core.units import Decibels, Seconds
from kacenv.model.commands import AudioCommand, ScheduledCommand, StrikeChime
from kacenv.model.dropout import Dropout
from kacenv.model.requests import Event
from kacenv.model.room import Role, Room
from kacenv.model.scene import Audience
from kacenv.player.line import Line
from kacenv.player.messages import (
    Addressed,
    Ask,
    Begin,
    DuckForChime,
    FadeIn,
    Follow,
    Happened,
    Hello,
    Message,
    Perform,
    Present,
    SetOrigin,
    SoundReading,
    ToPlayer,
)
from kacenv.system.clock import Clock

STUCK_AFTER: Final = Seconds(3.0)
"""Time without a word of a player after which it is ended, so that another takes its place.

Counted in unanswered questions: a loop that stood still itself has asked nothing meanwhile.
"""
_ASK_EVERY: Final = Seconds(0.5)
_FRESH: Final = Seconds(0.1)
"""Age of a reading that whoever looks at it asks to be renewed."""
_SAME_CLOCK: Final = Seconds(0.002)
_A_PACKET: Final = 32
"""Number of orders ahead in one packet."""
STARTS_WITHIN: Final = Seconds(30.0)
"""The same for a player that is just opening its device, which another program may hold."""
_GONE: Final = "What makes the sound has stopped. kacenv is starting it anew."
_log = logging.getLogger(__name__)


def ask_player(line: Line, patience: Seconds = STUCK_AFTER) -> Present | None:
    """Ask the player what it does, before the event loop runs; None if none answers in time.

    What it sent to an engine before this one is passed over; it tells events again.
    """
    token, until = int.from_bytes(os.urandom(4)), time.monotonic() + patience
    while (left := until - time.monotonic()) > 0:
        line.forget()
        line.send(Addressed(0, Hello(token)))
        if not select.select([line.fileno()], [], [], min(left, _ASK_EVERY))[0]:
            continue
        for _, message in line.receive() or ():
            if isinstance(message, Present) and message.token == token:
                return message
    return None


class RemoteSound:
    """Sound port of a room whose player is another process; for the event loop's thread.

    A player that is gone or stuck is followed by another, which the supervisor starts; `on_new`
    is called once that one is there, for it knows nothing of what played.
    """

    def __init__(
        self,
        room: Room,
        clock: Clock,
        report: Callable[[Event], None],
        line: Line,
        player: Present,
    ) -> None:
        self.on_new: Callable[[], None] = lambda: None
        self._room, self._clock, self._report = room, clock, report
        self._line, self._player = line, player.pid
        self._origin = 0.0
        self._heard = self._moved = 0
        self._past_underruns = 0
        self._last_word = self._asked = time.monotonic()
        self._unanswered = 0
        self._reading: SoundReading | None = None
        self._dropouts: list[Dropout] = []
        self._can_hear_staff = any(output.role is Role.STAFF for output in room.outputs)
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Return the player's process id."""
        return self._player

    def processes(self) -> tuple[tuple[str, int], ...]:
        """Return role and process id of the player, and of those that decode for it."""
        return (("player", self._player), *(self._reading.decoders if self._reading else ()))

    def start(self) -> None:
        """Begin to hear the player."""
        asyncio.get_running_loop().add_reader(self._line.fileno(), self._receive)
        self._begin()
        self._task = asyncio.create_task(self._ask_again_and_again())

    def close(self) -> None:
        """Let go of the player, which goes on."""
        asyncio.get_running_loop().remove_reader(self._line.fileno())
        if self._task is not None:
            self._task.cancel()

    @property
    def moved(self) -> int:
        """Return a number that grows: whether the player is stuck is looked after here."""
        self._moved += 1
        return self._moved

    @moved.setter
    def moved(self, count: int) -> None:
        self._moved = count

    @property
    def underruns(self) -> int:
        """Return how often a decoder fell behind playback."""
        return self._past_underruns + (self._reading.underruns if self._reading else 0)

    @property
    def device(self) -> str:
        """Return the name of the playing device."""
        return self._shown.device if self._shown else "none"

    @property
    def device_note(self) -> str | None:
        """Return the device's trouble and remedy, for people to read; None without trouble."""
        if time.monotonic() - self._last_word > STUCK_AFTER and self._reading is not None:
            return _GONE
        return self._reading.device_note if self._reading else None

    @property
    def recent_music(self) -> Decibels:
        """Return the music's level (dBFS rms) of the last 3 s."""
        return self._shown.recent_music if self._shown else Decibels(-120.0)

    def meters(self) -> Mapping[str, tuple[float, float]]:
        """Return each output's rms and peak (dBFS), by its id."""
        return self._shown.meters if self._shown else {}

    def take_dropouts(self) -> Sequence[Dropout]:
        """Return and forget the gaps in the devices' sound, in room time."""
        found, self._dropouts = self._dropouts, []
        return found

    def perform(self, command: AudioCommand) -> bool:
        """Send a command; return False if nobody could hear it."""
        is_for_staff = isinstance(command, StrikeChime) and command.audience is Audience.STAFF
        if is_for_staff and not self._can_hear_staff:
            return False
        self._send(Perform(command))
        return True

    def schedule(self, commands: Sequence[ScheduledCommand]) -> None:
        """Replace the orders that are performed at their times if nobody gives them by then."""
        for begin in range(0, max(1, len(commands)), _A_PACKET):
            self._send(Follow(tuple(commands[begin : begin + _A_PACKET]), begin == 0))

    def fade_in(self) -> None:
        """Mute for a moment and fade in, to hide a jump of the values or of the clock."""
        self._send(FadeIn())

    def duck_for_chime(self, at: Seconds) -> None:
        """Duck the music for a chime that another device plays at `at`."""
        self._send(DuckForChime(at))

    @property
    def _shown(self) -> SoundReading | None:
        """Return the last reading, and ask for another if it is old."""
        now = time.monotonic()
        if now - max(self._last_word, self._asked) > _FRESH:
            self._ask(now)
        return self._reading

    def _ask(self, now: float) -> None:
        self._asked = now
        self._send(Ask(self._heard))

    async def _ask_again_and_again(self) -> None:
        """Keep in touch with the player, and end it if it says nothing."""
        for _ in count():
            await asyncio.sleep(_ASK_EVERY)
            self._unanswered += 1
            patience = STUCK_AFTER if self._reading is not None else STARTS_WITHIN
            if self._unanswered * _ASK_EVERY > patience:
                self._end_player()
            self._ask(time.monotonic())

    def _end_player(self) -> None:
        _log.error("the player is stuck; it is ended")
        self._unanswered = 0
        with suppress(ProcessLookupError):
            os.kill(self._player, signal.SIGKILL)

    def _begin(self) -> None:
        self._origin = self._origin_now()
        self._line.send(Addressed(self._player, Begin(self._room, self._origin, self._heard)))

    def _origin_now(self) -> float:
        return time.monotonic() - self._clock.now()

    def _send(self, message: ToPlayer) -> None:
        """Send a message; the clock first, if it was set since."""
        origin = self._origin_now()
        if abs(origin - self._origin) > _SAME_CLOCK:
            self._origin = origin
            self._line.send(Addressed(self._player, SetOrigin(origin)))
        self._line.send(Addressed(self._player, message))

    def _receive(self) -> None:
        for player, message in self._line.receive() or ():
            if isinstance(message, Present) and player != self._player:
                self._take_over(player)
            elif player == self._player:
                self._last_word, self._unanswered = time.monotonic(), 0
                self._note(message)
        self._line.flush()

    def _note(self, message: Message) -> None:
        match message:
            case Happened(number=number, event=event) if number > self._heard:
                self._heard = number
                self._report(event)
            case SoundReading():
                self._reading = message
                self._dropouts += message.dropouts

    def _take_over(self, player: int) -> None:
        """Go on with another player."""
        _log.warning("the player ended; another goes on")
        self._line.forget()
        self._past_underruns = self.underruns
        self._player, self._heard, self._reading = player, 0, None
        self._last_word, self._unanswered = time.monotonic(), 0
        self._begin()
        self.on_new()
