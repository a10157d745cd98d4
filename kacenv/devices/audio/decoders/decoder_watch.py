"""Watch over decoders, on one thread: it learns of their ends at once, and looks for hangs."""

import os
import select
import threading
import time
from typing import Protocol

from kacenv.core.units import Seconds
from kacenv.devices.audio.decoders.server_process import ServerProcess
from kacenv.devices.audio.decoders.stall_detector import LOOK_EVERY

_REVIVE_EVERY = Seconds(2.0)
"""Time between two attempts to start the server again."""


class Watched(Protocol):
    """Deck whose decoder is watched."""

    @property
    def decoder(self) -> tuple[int, int] | None:
        """Return process id and pidfd of its decoder; None without one."""

    def check(self) -> None:
        """Handle the end of its decoder."""

    def look(self) -> None:
        """End its decoder if it hangs; called at equal intervals."""


class DecoderWatch:
    """Watches decoders and their server, from the first decoder on."""

    def __init__(self, server: ServerProcess, look_every: Seconds = LOOK_EVERY) -> None:
        self._server, self._look_every = server, look_every
        self._decks: tuple[Watched, ...] = ()
        self._guard = threading.Lock()
        self._changed = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._thread: threading.Thread | None = None
        self._closing = False
        self._look_at = self._revive_at = 0.0

    @property
    def decoders(self) -> tuple[int, ...]:
        """Return the process ids of the decoders that run."""
        return tuple(found[0] for deck in self._decks if (found := deck.decoder))

    def add(self, deck: Watched) -> None:
        """Watch a deck's decoder, until the watch is closed."""
        with self._guard:
            if self._closing:
                return
            self._decks = (*self._decks, deck)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="decoders", daemon=True)
                self._thread.start()
            os.eventfd_write(self._changed, 1)

    def remove(self, deck: Watched) -> None:
        """Watch a deck no longer."""
        with self._guard:
            self._decks = tuple(other for other in self._decks if other is not deck)

    def close(self) -> None:
        """End the thread; idempotent."""
        with self._guard:
            if self._closing:
                return
            self._closing = True
        os.eventfd_write(self._changed, 1)
        if self._thread is not None:
            self._thread.join()
        os.close(self._changed)

    def _run(self) -> None:
        while not self._closing:
            self._wait()
            now = time.monotonic()
            if now >= self._revive_at and self._server.revive():
                self._revive_at = now + _REVIVE_EVERY
            is_time = now >= self._look_at
            if is_time:
                self._look_at = now + self._look_every
            for deck in self._decks:
                deck.check()
                if is_time:
                    deck.look()

    def _wait(self) -> None:
        """Wait until a decoder or the server has ended, or it is time for a look."""
        running = [found[1] for deck in self._decks if (found := deck.decoder)]
        is_reviving = time.monotonic() < self._revive_at
        watch = select.poll()
        for handle in (self._changed, *running, *(() if is_reviving else (self._server.ended,))):
            watch.register(handle, select.POLLIN)
        watch.poll(self._look_every * 1000 if running or is_reviving else None)
        try:
            os.eventfd_read(self._changed)
        except BlockingIOError:
            return
