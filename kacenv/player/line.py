"""Line between the engine's process and the player: one pair of sockets for all their lives."""

import socket
from collections import deque
from typing import Final, NamedTuple

from kacenv.player.messages import Addressed, decode, encode

_LARGEST: Final = 1 << 18
"""Largest packet (bytes)."""
_MOST_WAITING: Final = 4096


class LineEnds(NamedTuple):
    """Both ends; the supervisor and the engine's process keep both, to hand them on."""

    engine: socket.socket
    player: socket.socket


def open_line() -> LineEnds:
    """Return a new line that only forks inherit."""
    return LineEnds(*socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))


class Line:
    """End of the line that never blocks; what the other end can't take yet waits here."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._end = end
        self._waiting: deque[bytes] = deque(maxlen=_MOST_WAITING)

    def fileno(self) -> int:
        """Return the descriptor, for `select`."""
        return self._end.fileno()

    @property
    def is_waiting(self) -> bool:
        """Tell if something is still to be sent."""
        return bool(self._waiting)

    def send(self, addressed: Addressed) -> None:
        """Send a message, or keep it until `flush`."""
        self._waiting.append(encode(addressed))
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as the other end takes it."""
        while self._waiting:
            try:
                self._end.send(self._waiting[0])
            except OSError:
                return
            self._waiting.popleft()

    def forget(self) -> None:
        """Drop what waits: it was for a player that is gone."""
        self._waiting.clear()

    def receive(self) -> list[Addressed] | None:
        """Return the messages that have come; None once nobody can send any more."""
        found: list[Addressed] = []
        while True:
            try:
                packet = self._end.recv(_LARGEST)
            except BlockingIOError:
                return found
            except OSError:
                return None
            if not packet:
                return found or None
            addressed = decode(packet)
            if addressed is not None:
                found.append(addressed)
