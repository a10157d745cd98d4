"""Decks: the protocol of a decoder that plays one cut once, and the base of those that buffer."""

from typing import Final, Protocol

from kacenv.devices.audio.decks.ring_buffer import RingBuffer
from kacenv.devices.audio.samples import Block, Pcm, frames_in
from kacenv.model.playlist import Cut


class Deck(Protocol):
    """Decoder of one cut. `open` and `close` may block for a second; nothing else blocks."""

    def open(self, cut: Cut) -> None:
        """Start to decode; errors are reported by `failed`."""

    @property
    def ready(self) -> bool:
        """Tell if enough is decoded to play without a gap."""

    @property
    def reserve(self) -> int:
        """Return the number of frames that can be read now."""

    @property
    def ended_in(self) -> int | None:
        """Return the number of frames left; None until the decoder has reached the end."""

    @property
    def failed(self) -> str | None:
        """Return the reason for a failure, for people to read; None without one."""

    def read(self, frames: int) -> Block:
        """Read the next samples, of shape (n, 2) with n up to `frames`."""

    def close(self) -> None:
        """Release the file; idempotent."""


_BUFFER = frames_in(6.0)
"""Buffer (frames): long enough to open and fade in the next track if this one breaks off."""
_READY = frames_in(0.4)


_AUDIBLE = 8
"""Threshold of audible samples (of 32768, so -72 dBFS), above the dither of silence."""
NOTHING_LEFT: Final = "it ends before its cue point; correct cue_in in the playlist"
_SILENT = "nothing can be heard in its first 6 s; if that is meant, begin after them with cue_in"
_ALL_SILENT = "nothing can be heard in it; listen to it elsewhere"
_CLOSED = "its decoder stopped"


class BufferedDeck:
    """Reading side of a deck; the decoder of a subclass writes into the ring buffer.

    With `audible`, a deck fails where nothing can be heard in the first 6 s.
    """

    def __init__(self, *, audible: bool) -> None:
        self._ring = RingBuffer(_BUFFER)
        self._closed = False
        self._ended = False
        self._audible = not audible
        self._reason: str | None = None
        self._refused = True

    @property
    def ready(self) -> bool:
        """Tell if 0.4 s, or all there is, are decoded, and something of it is audible."""
        enough = self._ring.available >= (1 if self._ended else _READY)
        return self._audible and enough and not self._closed

    @property
    def reserve(self) -> int:
        """Return the number of frames that can be read now."""
        return self._ring.available

    @property
    def ended_in(self) -> int | None:
        """Return the number of frames left; None until the decoder has reached the end."""
        return self._ring.available if self._ended else None

    @property
    def failed(self) -> str | None:
        """Return the reason for a failure, at the start or later; None without one."""
        if self._closed:
            return self._reason or _CLOSED
        if not self._audible and self._ring.written and (self._ended or self._full):
            return _ALL_SILENT if self._ended else _SILENT
        return self._reason

    @property
    def refused(self) -> bool:
        """Tell if it has failed for what the file holds, so that no other decoder is asked."""
        return self._refused and self.failed is not None

    def read(self, frames: int) -> Block:
        """Read the next samples, of shape (n, 2) with n up to `frames`."""
        return self._ring.take(frames)

    @property
    def _full(self) -> bool:
        return self._ring.written >= self._ring.capacity

    def _put(self, pcm: Pcm) -> bool:
        """Append samples; block while the buffer is full. Return False once it is released."""
        self._audible = self._audible or _is_audible(pcm)
        return self._ring.put(pcm)


def _is_audible(pcm: Pcm) -> bool:
    return bool(pcm.max(initial=0) > _AUDIBLE or pcm.min(initial=0) < -_AUDIBLE)
