"""The heart: proves to whoever watches that the engine and the sound both move."""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

from kacenv.units import Seconds

BEAT = Seconds(1.0)
PIPE = "KACENV_HEART"
"""The environment variable that names the pipe to kacenv's own supervisor."""


class Heart:
    """Beats once a second as long as every count has grown since the last beat.

    It beats to systemd (sd_notify(3)) where that listens, and to kacenv's own supervisor. Who
    listens too slowly misses beats; the room never waits for them.
    """

    def __init__(self, counts: Sequence[Callable[[], int]], beat: Seconds = BEAT) -> None:
        self._counts = counts
        self._beat = beat
        self._pipe = _own_pipe()

    async def run(self) -> None:
        """Say that all is ready, then beat until cancelled."""
        notify("READY=1")
        self._tell_supervisor()
        seen = self._look()
        while True:
            await asyncio.sleep(self._beat)
            now = self._look()
            if all(new > old for new, old in zip(now, seen, strict=True)):
                notify("WATCHDOG=1")
                self._tell_supervisor()
            seen = now

    def _look(self) -> list[int]:
        return [count() for count in self._counts]

    def _tell_supervisor(self) -> None:
        if self._pipe is not None:
            with suppress(OSError):
                os.write(self._pipe, b".")


def _own_pipe() -> int | None:
    """The pipe to the supervisor, kept from every program that the daemon starts."""
    named = os.environ.pop(PIPE, "")
    if not named.isdecimal():
        return None
    pipe = int(named)
    try:
        os.set_inheritable(pipe, False)
        os.set_blocking(pipe, False)
    except OSError:
        return None
    return pipe


def notify(state: str) -> None:
    """Tell systemd, if it is there; `state` as in sd_notify(3)."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = f"\0{address[1:]}"
    kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
    with suppress(OSError), socket.socket(socket.AF_UNIX, kind) as line:
        line.sendto(state.encode(), address)
