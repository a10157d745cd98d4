"""Decks: the protocol of a decoder that plays one cut once, and the base of those that buffer."""

from typing import Protocol

from kacenv.devices.audio.decks.ring_buffer import RingBuffer
from kacenv.devices.audio.samples import Block, frames_in
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


class BufferedDeck:
    """Reading side of a deck; the decoder of a subclass writes into the ring buffer."""

    def __init__(self) -> None:
        self._ring = RingBuffer(_BUFFER)
        self._closed = False
        self._ended = False
        self._reason: str | None = None

    @property
    def ready(self) -> bool:
        """Tell if 0.4 s, or all there is, are decoded."""
        return not self._closed and self._ring.available >= (1 if self._ended else _READY)

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
        return self._reason

    def read(self, frames: int) -> Block:
        """Read the next samples, of shape (n, 2) with n up to `frames`."""
        return self._ring.take(frames)
