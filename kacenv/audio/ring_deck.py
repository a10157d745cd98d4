"""What every deck has that a decoder fills from a thread of its own."""

from kacenv.audio.ring import Ring
from kacenv.audio.samples import Block, frames_in

_BUFFER = frames_in(6.0)
"""Long enough for the next piece to be opened and faded in when this one breaks off."""
_READY = frames_in(0.4)


class RingDeck:
    """The side of a deck that is read; its decoder puts samples into the ring."""

    def __init__(self) -> None:
        self._ring = Ring(_BUFFER)
        self._closed = False
        self._ended = False
        self._reason: str | None = None

    @property
    def ready(self) -> bool:
        """0.4 s are decoded, or all there is."""
        return not self._closed and self._ring.available >= (1 if self._ended else _READY)

    @property
    def reserve(self) -> int:
        """Frames that wait to be read."""
        return self._ring.available

    @property
    def ended_in(self) -> int | None:
        """Frames left to read; None as long as the decoder hasn't come to the end."""
        return self._ring.available if self._ended else None

    @property
    def failed(self) -> str | None:
        """Why the cut can't be played, or not on; None while all is well."""
        return self._reason

    def read(self, frames: int) -> Block:
        """The next samples, of shape (n, 2) with n up to `frames`."""
        return self._ring.take(frames)
