"""Listening socket that accepts few connections at once, so that others are closed in between."""

import socket
from typing import Any


class PacedSocket(socket.socket):
    """Listening socket of which one turn of the event loop takes at most `most` connections.

    asyncio accepts all that wait before it closes any; the rest of them wait in the kernel.
    """

    def __init__(self, listener: socket.socket, most: int) -> None:
        super().__init__(fileno=listener.detach())
        self._most = self._left = most

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept the next connection.

        Raises:
            BlockingIOError: There is none now, or this turn has had enough.
        """
        if not self._left:
            self._left = self._most
            raise BlockingIOError
        self._left -= 1
        try:
            return super().accept()
        except BlockingIOError:
            self._left = self._most
            raise
