"""The longest silence inside a piece, found while it is measured."""

from typing import Final, NamedTuple

DEAD_AIR: Final = 2.0
"""Seconds of silence within the music after which another piece takes over."""
QUIET: Final = -60.0
"""Music whose level (rms, dBFS) stays below this isn't heard."""


class Gap(NamedTuple):
    """A silence in frames: from where it goes, and for how long."""

    at: int = 0
    length: int = 0


class Gaps:
    """Hears stretch after stretch of a piece; silence at its beginning and end is none of these."""

    def __init__(self) -> None:
        self.longest = Gap()
        self._begun: int | None = None
        self._place = 0
        self._has_sounded = False

    def add(self, frames: int, *, loud: bool) -> None:
        """The next `frames` frames, and whether they can be heard."""
        if loud:
            self._close()
            self._has_sounded = True
        elif self._begun is None and self._has_sounded:
            self._begun = self._place
        self._place += frames

    def _close(self) -> None:
        if self._begun is not None and self._place - self._begun > self.longest.length:
            self.longest = Gap(self._begun, self._place - self._begun)
        self._begun = None
