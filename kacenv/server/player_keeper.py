"""Player of a room: kept running by the supervisor, reached and handed on by the room's daemon."""

import logging
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import Final

from kacenv.core.units import Seconds
from kacenv.devices.audio import RoomAudio
from kacenv.devices.audio.decoders.room_decoders import RoomDecoders
from kacenv.player.line import Line, LineEnds, open_line
from kacenv.player.messages import Present
from kacenv.player.player_process import PlayerProcess
from kacenv.player.remote_sound import RemoteSound, ask_player
from kacenv.server.daemon_process import fork
from kacenv.system.room_lock import PLAYER as LOCK
from kacenv.system.room_lock import claim, holder

PLAYER: Final = "KACENV_PLAYER"
"""Environment variable for a new supervisor: the player's process id, and both ends of its line."""
RESTART_DELAY: Final = Seconds(1.0)
"""Least time between two starts of a player."""
_ENDS_WITHIN: Final = Seconds(5.0)
_LOOK_EVERY: Final = Seconds(0.02)
_log = logging.getLogger(__name__)


class PlayerKeeper:
    """Keeps a player running in a fork of this process; `ended` (pidfd) is readable if it is over.

    The line outlives its players. `adopted` is the process id of one that is another's fork.
    """

    def __init__(self, ends: LineEnds, run_player: Callable[[], int], adopted: int = 0) -> None:
        self.ends = ends
        self.ended = -1
        self._run_player, self._pid, self._is_fork = run_player, adopted, False
        self._since = 0.0

    def start(self) -> None:
        """Start a player, or adopt the one that is there."""
        if self._pid:
            with suppress(ProcessLookupError):
                self.ended = os.pidfd_open(self._pid)
                return
        self._fork()

    def replace(self) -> None:
        """Start another player, as the one before has ended."""
        self._forget()
        time.sleep(max(0.0, RESTART_DELAY - (time.monotonic() - self._since)))
        _log.warning("the room's player ended; it is started again")
        self._fork()

    def end(self) -> None:
        """End the player."""
        if self.ended >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.ended, signal.SIGTERM)
            if not select.select([self.ended], [], [], _ENDS_WITHIN)[0]:
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self.ended, signal.SIGKILL)
            self._forget()

    def _fork(self) -> None:
        self._since = time.monotonic()
        try:
            self._pid = fork(self._run_player)
        except OSError as error:
            _log.error("the room's player can't be started: %s", error.strerror)
            return
        self._is_fork, self.ended = True, os.pidfd_open(self._pid)

    def _forget(self) -> None:
        if self._is_fork:
            with suppress(ChildProcessError):
                os.waitpid(self._pid, 0)
        os.close(self.ended)
        self.ended = -1


class PlayerLink:
    """Player as the room's daemon has it; `present` is what it did when it was reached."""

    def __init__(self, ends: LineEnds, room: str) -> None:
        self.ends, self.line = ends, Line(ends.engine)
        self._room = room
        self.present: Present | None = None
        self.sound: RemoteSound | None = None

    def reach(self) -> Present | None:
        """Ask the player what it does; None if there is none, so that the daemon plays itself.

        One that doesn't answer is ended, so that there is no second music; another takes its place.
        """
        self.present = ask_player(self.line)
        stuck = None if self.present else holder(self._room, LOCK)
        if stuck is not None:
            _log.error("the player is stuck; it is ended")
            with suppress(ProcessLookupError):
                os.kill(stuck, signal.SIGKILL)
            self.present = ask_player(self.line)
        if self.present is None:
            _log.error("no player answers; the room's daemon plays itself")
        return self.present

    @property
    def pid(self) -> int:
        """Return the process id of the player; 0 without one."""
        if self.sound is not None:
            return self.sound.pid
        return self.present.pid if self.present is not None else 0

    def processes(self) -> tuple[tuple[str, int], ...]:
        """Return role and process id of the player, and of those that decode for it."""
        if self.sound is not None:
            return self.sound.processes()
        return (("player", self.pid),) if self.pid else ()

    def handed(self) -> dict[str, str]:
        """Return the variable by which a new supervisor adopts player and line."""
        numbers = (self.pid, *(end.fileno() for end in self.ends))
        return {PLAYER: ",".join(map(str, numbers))} if self.pid else {}


def player_line() -> tuple[LineEnds, int]:
    """Return the line that a daemon has handed on, with its player's process id, or a new one."""
    given = os.environ.pop(PLAYER, "")
    if not given:
        return open_line(), 0
    pid, *numbers = (int(number) for number in given.split(","))
    for number in numbers:
        os.set_inheritable(number, False)
    engine, player = (socket.socket(fileno=number) for number in numbers)
    return LineEnds(engine, player), pid


def run_player(room: str, ends: LineEnds) -> int:
    """Play for `room` until told to end; one that plays on for nobody is ended before."""
    ends.engine.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The decoders' server is a fork: there are no threads yet.
    with _alone(room), closing(RoomDecoders()) as decoders:
        open_audio = partial(RoomAudio, make_deck=decoders.deck)
        player = PlayerProcess(Line(ends.player), open_audio, decoders.processes)
        signal.signal(signal.SIGTERM, lambda *_: player.close())
        player.run()
    return 0


@contextmanager
def _alone(room: str) -> Iterator[None]:
    """Be the room's only player: end one that plays on although room and supervisor are gone."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        until = time.monotonic() + _ENDS_WITHIN
        while (pid := holder(room, LOCK)) and time.monotonic() < until:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
            time.sleep(_LOOK_EVERY)
    with claim(room, LOCK):
        yield
