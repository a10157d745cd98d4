"""Log of a device's pulls, written on the sound's thread without allocating."""

from array import array
from collections.abc import Iterator

CAPACITY = 4096
"""Number of pulls kept; half of them are 2.7 s of JACK's shortest usual period (64 frames)."""


class PullLog:
    """Ring of times and sizes; one thread writes, another reads."""

    def __init__(self) -> None:
        self._times = array("d", bytes(8 * CAPACITY))
        self._totals = array("q", bytes(8 * CAPACITY))
        self._pulled = self._written = 0
        self._told = self._read = 0

    def add(self, at: float, frames: int) -> None:
        """Add a pull of `frames` frames at `at` (s)."""
        self._pulled += frames
        place = self._written % CAPACITY
        self._times[place], self._totals[place] = at, self._pulled
        self._written += 1

    def drain(self) -> Iterator[tuple[float, int]]:
        """Yield the pulls since the last call, in order.

        Beyond half of the ring, the other half may be written meanwhile: the oldest pulls are then
        left out, and the first that is told has their frames, too.
        """
        written = self._written
        first = max(self._read, written - CAPACITY // 2)
        self._read = written
        for number in range(first, written):
            place = number % CAPACITY
            total = self._totals[place]
            yield self._times[place], total - self._told
            self._told = total
