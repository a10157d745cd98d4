"""Fallback deck: plays a cut by the first of several decoders that can.

A file that one of them refuses is refused: what the scan has decoded is what is heard, and a
damaged file that another decoder takes might be noise, or break that decoder and so the room.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Final

from kacenv.devices.audio.decks.deck import BufferedDeck, Deck
from kacenv.devices.audio.samples import Block, silence
from kacenv.model.playlist import Cut

_POLL: Final = 0.01
"""Time (s) between looks at a deck that is being opened."""


class FallbackDeck:
    """Plays a cut by the first of several decks that gets ready; each is tried once.

    A deck that has been ready is kept, whatever becomes of it, and one that has refused its file.
    """

    def __init__(self, makers: Iterable[Callable[[], Deck]]) -> None:
        self._makers = iter(makers)
        self._deck: Deck | None = None
        self._settled = False
        self._reason: str | None = None
        self._closed = threading.Event()
        self._guard = threading.Lock()

    def open(self, cut: Cut) -> None:
        """Open decks until one is ready or all have failed; errors are reported by `failed`."""
        reasons = list[str]()
        for make in self._makers:
            deck = self._exchange(make())
            if deck is None:
                break
            deck.open(cut)
            reason = self._reason_against(deck)
            if reason is None:
                break
            reasons.append(reason)
            if isinstance(deck, BufferedDeck) and deck.refused:
                break
        else:
            self._reason = reasons[0]
        self._settled = True

    @property
    def ready(self) -> bool:
        """Tell if the deck that plays has enough to play without a gap."""
        return self._deck is not None and self._deck.ready

    @property
    def reserve(self) -> int:
        """Return the number of frames that can be read now."""
        return self._deck.reserve if self._deck else 0

    @property
    def ended_in(self) -> int | None:
        """Return the number of frames left; None until the end is known, or others may be tried."""
        return self._deck.ended_in if self._deck and self._settled else None

    @property
    def failed(self) -> str | None:
        """Return the first decoder's reason, once all have failed; None without a failure."""
        if self._deck is None or not self._settled:
            return None
        return self._reason or self._deck.failed

    def read(self, frames: int) -> Block:
        """Read the next samples, of shape (n, 2) with n up to `frames`."""
        return self._deck.read(frames) if self._deck else silence(0)

    def close(self) -> None:
        """Release the file; idempotent."""
        self._closed.set()
        with self._guard:
            deck = self._deck
        if deck is not None:
            deck.close()

    def _exchange(self, deck: Deck) -> Deck | None:
        """Put `deck` in the place of the one before; return None if all is closed."""
        with self._guard:
            if self._closed.is_set():
                deck.close()
                return None
            before, self._deck = self._deck, deck
        if before is not None:
            before.close()
        return deck

    def _reason_against(self, deck: Deck) -> str | None:
        """Wait until a deck is ready or has failed; return its reason in the latter case."""
        while not (deck.ready or self._closed.is_set()):
            if deck.failed or deck.ended_in is not None:
                return deck.failed
            self._closed.wait(_POLL)
        return None
