"""Deck for files: by libVLC, or by FFmpeg for a cut that begins far into its file."""

import threading

from kacenv.core.units import Seconds
from kacenv.devices.audio.decks.deck import Deck
from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.decks.vlc_deck import VlcDeck
from kacenv.devices.audio.samples import Block, silence
from kacenv.model.playlist import Cut

FAR = Seconds(1.0)
"""Cue point (s) up to which libVLC decodes at once, and is exact."""


class FileDeck:
    """Plays one cut once, by the decoder that suits its cue point."""

    def __init__(self) -> None:
        self._deck: Deck | None = None
        self._guard = threading.Lock()
        self._closed = False

    def open(self, cut: Cut) -> None:
        """Start to decode; errors are reported by `failed`."""
        with self._guard:
            if not self._closed:
                self._deck = FfmpegDeck() if cut.cue_in > FAR else VlcDeck()
                self._deck.open(cut)
        if self._closed:
            self.close()

    @property
    def ready(self) -> bool:
        """Tell if enough is decoded to play without a gap."""
        return self._deck is not None and self._deck.ready

    @property
    def reserve(self) -> int:
        """Return the number of frames that can be read now."""
        return self._deck.reserve if self._deck else 0

    @property
    def ended_in(self) -> int | None:
        """Return the number of frames left; None until the decoder has reached the end."""
        return self._deck.ended_in if self._deck else None

    @property
    def failed(self) -> str | None:
        """Return the reason for a failure; None without one."""
        return self._deck.failed if self._deck else None

    def read(self, frames: int) -> Block:
        """Read the next samples, of shape (n, 2) with n up to `frames`."""
        return self._deck.read(frames) if self._deck else silence(0)

    def close(self) -> None:
        """Release the file; idempotent. If `open` still blocks, it releases the file at its end."""
        self._closed = True
        if not self._guard.acquire(blocking=False):
            return
        try:
            if self._deck is not None:
                self._deck.close()
        finally:
            self._guard.release()
