"""Watchdog notifications while the engine and the sound both make progress."""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

from kacenv.core.units import Seconds

BEAT = Seconds(1.0)
PIPE = "KACENV_WATCHDOG"
"""Environment variable with the file descriptor of the pipe to kacenv's own supervisor."""


class Watchdog:
    """Notifies once a second if every count has grown since the last time.

    Notifies systemd (sd_notify(3)), and kacenv's own supervisor. A slow reader misses
    notifications; the room never waits for it.
    """

    def __init__(self, counts: Sequence[Callable[[], int]], beat: Seconds = BEAT) -> None:
        self._counts = counts
        self._beat = beat
        self._pipe = _own_pipe()

    async def run(self) -> None:
        """Notify that the room is ready, then keep notifying until cancelled."""
        notify("READY=1")
        self._tell_supervisor()
        seen = self._check()
        while True:
            await asyncio.sleep(self._beat)
            now = self._check()
            if all(new > old for new, old in zip(now, seen, strict=True)):
                notify("WATCHDOG=1")
                self._tell_supervisor()
            seen = now

    def _check(self) -> list[int]:
        return [count() for count in self._counts]

    def _tell_supervisor(self) -> None:
        if self._pipe is not None:
            with suppress(OSError):
                os.write(self._pipe, b".")


def _own_pipe() -> int | None:
    """Return the pipe to the supervisor; child processes don't inherit it."""
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
    """Notify systemd, if present; `state` as in sd_notify(3)."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = f"\0{address[1:]}"
    kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
    with suppress(OSError), socket.socket(socket.AF_UNIX, kind) as connection:
        connection.sendto(state.encode(), address)
