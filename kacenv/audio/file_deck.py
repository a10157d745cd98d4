"""The deck of the room: libVLC's, or for a cut that begins far into its file FFmpeg's."""

import threading

from kacenv.audio.av_deck import AvDeck
from kacenv.audio.deck import Deck
from kacenv.audio.samples import Block, silence
from kacenv.audio.vlc_deck import VlcDeck
from kacenv.playlist import Cut
from kacenv.units import Seconds

FAR = Seconds(1.0)
"""libVLC decodes up to here at once, and then is exact."""


class FileDeck:
    """Plays one cut once, by whichever deck begins it best."""

    def __init__(self) -> None:
        self._deck: Deck | None = None
        self._guard = threading.Lock()
        self._closed = False

    def open(self, cut: Cut) -> None:
        """Begin to decode; whatever goes wrong is told by `failed`."""
        with self._guard:
            if not self._closed:
                self._deck = AvDeck() if cut.cue_in > FAR else VlcDeck()
                self._deck.open(cut)
        if self._closed:
            self.close()

    @property
    def ready(self) -> bool:
        """Enough is decoded to play without a gap."""
        return self._deck is not None and self._deck.ready

    @property
    def reserve(self) -> int:
        """Frames that wait to be read."""
        return self._deck.reserve if self._deck else 0

    @property
    def ended_in(self) -> int | None:
        """Frames left to read; None as long as the decoder hasn't come to the end."""
        return self._deck.ended_in if self._deck else None

    @property
    def failed(self) -> str | None:
        """Why the cut can't be played; None while all is well."""
        return self._deck.failed if self._deck else None

    def read(self, frames: int) -> Block:
        """The next samples, of shape (n, 2) with n up to `frames`."""
        return self._deck.read(frames) if self._deck else silence(0)

    def close(self) -> None:
        """Let go of the file; twice does no harm. An opening that hangs does so when it's done."""
        self._closed = True
        if not self._guard.acquire(blocking=False):
            return
        try:
            if self._deck is not None:
                self._deck.close()
        finally:
            self._guard.release()
