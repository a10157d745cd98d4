"""The silences inside a piece, found while it is measured."""

import struct
from collections.abc import Iterable
from typing import Final, NamedTuple

from kacenv.units import Seconds

DEAD_AIR: Final = 2.0
"""Seconds of silence within the music after which another piece takes over."""
QUIET: Final = -60.0
"""Music whose level (rms, dBFS) stays below this isn't heard."""
_KEPT: Final = struct.Struct("<II")
"""A silence as it is kept: from where it goes, and for how long, in thousandths of a second."""


class Gap(NamedTuple):
    """A silence in frames: from where it goes, and for how long."""

    at: int = 0
    length: int = 0


class Silence(NamedTuple):
    """A silence in seconds of its file: from where it goes, and for how long."""

    at: Seconds
    length: Seconds

    @property
    def end(self) -> Seconds:
        """Where sound comes back."""
        return Seconds(self.at + self.length)


def packed(gaps: Iterable[Gap], rate: int) -> bytes:
    """Gaps of a file of so many frames a second, as they are kept."""
    return b"".join(_KEPT.pack(*(round(1000 * span / rate) for span in gap)) for gap in gaps)


def unpacked(kept: bytes) -> tuple[Silence, ...]:
    """What was packed.

    Raises:
        ValueError: It is torn.
    """
    try:
        spans = tuple(_KEPT.iter_unpack(kept))
    except struct.error as error:
        raise ValueError("the silences are torn") from error
    return tuple(Silence(Seconds(at / 1000), Seconds(length / 1000)) for at, length in spans)


class Gaps:
    """Hears stretch after stretch of a piece; silence at its beginning and end is none of these.

    `longest` is the longest silence, `found` are all of at least `least` frames, in their order.
    """

    def __init__(self, least: int = 1) -> None:
        self.longest = Gap()
        self.found: list[Gap] = []
        self._least = least
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
        if self._begun is None:
            return
        gap = Gap(self._begun, self._place - self._begun)
        if gap.length > self.longest.length:
            self.longest = gap
        if gap.length >= self._least:
            self.found.append(gap)
        self._begun = None
