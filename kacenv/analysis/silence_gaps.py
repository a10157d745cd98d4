"""Detection and storage of the silences inside a track."""

import struct
from collections.abc import Iterable
from typing import Final, NamedTuple

from kacenv.core.units import Seconds

DEAD_AIR: Final = 2.0
"""Duration (s) of silence within the music after which another track takes over."""
QUIET: Final = -60.0
"""Level (dBFS rms) below which music is inaudible."""
_KEPT: Final = struct.Struct("<II")
"""Stored silence: start and length in milliseconds."""


class GapFrames(NamedTuple):
    """Silence in frames: start and length."""

    at: int = 0
    length: int = 0


class SilentSpan(NamedTuple):
    """Silence in seconds of its file: start and length."""

    at: Seconds
    length: Seconds

    @property
    def end(self) -> Seconds:
        """Return the time at which sound resumes."""
        return Seconds(self.at + self.length)


def packed(gaps: Iterable[GapFrames], rate: int) -> bytes:
    """Pack silences for storage; `rate` is the file's in frames per second."""
    return b"".join(_KEPT.pack(*(round(1000 * span / rate) for span in gap)) for gap in gaps)


def unpacked(kept: bytes) -> tuple[SilentSpan, ...]:
    """Unpack stored silences.

    Raises:
        ValueError: The data are truncated.
    """
    try:
        spans = tuple(_KEPT.iter_unpack(kept))
    except struct.error as error:
        raise ValueError("the silences are torn") from error
    return tuple(SilentSpan(Seconds(at / 1000), Seconds(length / 1000)) for at, length in spans)


class GapDetector:
    """Detects silences in consecutive blocks, except at the track's beginning and end.

    `longest` is the longest silence; `found` are all of at least `least` frames, in order.
    """

    def __init__(self, least: int = 1) -> None:
        self.longest = GapFrames()
        self.found: list[GapFrames] = []
        self._least = least
        self._begun: int | None = None
        self._place = 0
        self._has_sounded = False

    def add(self, frames: int, *, loud: bool) -> None:
        """Add the next `frames` frames, audible if `loud`."""
        if loud:
            self._close()
            self._has_sounded = True
        elif self._begun is None and self._has_sounded:
            self._begun = self._place
        self._place += frames

    def _close(self) -> None:
        if self._begun is None:
            return
        gap = GapFrames(self._begun, self._place - self._begun)
        if gap.length > self.longest.length:
            self.longest = gap
        if gap.length >= self._least:
            self.found.append(gap)
        self._begun = None
