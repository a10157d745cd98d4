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


BUFFER: Final = frames_in(10.0)
"""Buffer (frames): long enough to open and fade in the next track if this one breaks off."""
_READY = frames_in(0.4)
_SILENT_FOR = frames_in(6.0)
_AUDIBLE = 8
"""Threshold of audible samples (of 32768, so -72 dBFS), above the dither of silence."""
NOTHING_LEFT: Final = "it ends before its cue point; correct cue_in in the playlist"
_SILENT = "nothing can be heard in its first 6 s; if that is meant, begin after them with cue_in"
_ALL_SILENT = "nothing can be heard in it; listen to it elsewhere"
_CLOSED = "its decoder stopped"


class BufferedDeck:
    """Reading side of a deck; its decoder writes into the ring buffer, and says there how it fares.

    With `audible`, a deck fails where nothing can be heard in the first 6 s.
    """

    def __init__(self, *, audible: bool, ring: RingBuffer | None = None) -> None:
        self._ring = RingBuffer(BUFFER) if ring is None else ring
        self._closed = False
        self._ring.audible = self._ring.audible or not audible

    @property
    def ready(self) -> bool:
        """Tell if 0.4 s, or all there is, are decoded, and something of it is audible."""
        enough = self._ring.available >= (1 if self._ring.ended else _READY)
        return self._ring.audible and enough and not self._closed

    @property
    def reserve(self) -> int:
        """Return the number of frames that can be read now."""
        return self._ring.available

    @property
    def ended_in(self) -> int | None:
        """Return the number of frames left; None until the decoder has reached the end."""
        return self._ring.available if self._ring.ended else None

    @property
    def failed(self) -> str | None:
        """Return the reason for a failure, at the start or later; None without one."""
        reason, ended, written = self._ring.reason, self._ring.ended, self._ring.believed
        if self._closed:
            return reason or _CLOSED
        if not self._ring.audible and written and (ended or written >= _SILENT_FOR):
            return _SILENT if written >= _SILENT_FOR else _ALL_SILENT
        return reason

    @property
    def refused(self) -> bool:
        """Tell if it has failed for what the file holds, so that no other decoder is asked."""
        return not self._ring.broken_down and self.failed is not None

    def read(self, frames: int) -> Block:
        """Read the next samples, of shape (n, 2) with n up to `frames`."""
        return self._ring.take(frames)

    def _put(self, pcm: Pcm) -> bool:
        """Append samples; block while the buffer is full. Return False once it is released."""
        if not self._ring.audible:
            self._ring.audible = _is_audible(pcm[: max(0, _SILENT_FOR - self._ring.written)])
        return self._ring.put(pcm)


def _is_audible(pcm: Pcm) -> bool:
    return bool(pcm.max(initial=0) > _AUDIBLE or pcm.min(initial=0) < -_AUDIBLE)
