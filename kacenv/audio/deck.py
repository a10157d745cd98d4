"""What the mixer needs of a deck: something that plays one cut once."""

from typing import Protocol

from kacenv.audio.samples import Block
from kacenv.playlist import Cut


class Deck(Protocol):
    """Plays one cut once. `open` and `close` may take a second; nothing else ever waits."""

    def open(self, cut: Cut) -> None:
        """Begin to decode; whatever goes wrong is told by `failed`."""
        ...

    @property
    def ready(self) -> bool:
        """Enough is decoded to play without a gap."""
        ...

    @property
    def reserve(self) -> int:
        """Frames that wait to be read."""
        ...

    @property
    def ended_in(self) -> int | None:
        """Frames left to read; None as long as the decoder hasn't come to the end."""
        ...

    @property
    def failed(self) -> str | None:
        """Why the cut can't be played, for people to read; None while all is well."""
        ...

    def read(self, frames: int) -> Block:
        """The next samples, of shape (n, 2) with n up to `frames`."""
        ...

    def close(self) -> None:
        """Let go of the file; twice does no harm."""
        ...
