"""Protocol of a deck, a decoder that plays one cut once."""

from typing import Protocol

from kacenv.devices.audio.samples import Block
from kacenv.model.playlist import Cut


class Deck(Protocol):
    """Decoder of one cut. `open` and `close` may block for a second; nothing else blocks."""

    def open(self, cut: Cut) -> None:
        """Start to decode; errors are reported by `failed`."""
        ...

    @property
    def ready(self) -> bool:
        """Tell if enough is decoded to play without a gap."""
        ...

    @property
    def reserve(self) -> int:
        """Return the number of frames that can be read now."""
        ...

    @property
    def ended_in(self) -> int | None:
        """Return the number of frames left; None until the decoder has reached the end."""
        ...

    @property
    def failed(self) -> str | None:
        """Return the reason for a failure, for people to read; None without one."""
        ...

    def read(self, frames: int) -> Block:
        """Read the next samples, of shape (n, 2) with n up to `frames`."""
        ...

    def close(self) -> None:
        """Release the file; idempotent."""
        ...
