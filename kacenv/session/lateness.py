"""Histogram of a session's lateness, which adds up over crashes."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from kacenv.core.units import Seconds

BOUNDS: Final = tuple(
    Seconds(step * power) for power in (1e-4, 1e-3, 1e-2, 1e-1, 1.0) for step in (1.0, 2.0, 5.0)
)
"""Upper bounds of the histogram's bins, in seconds; one more bin is for all beyond."""
_NONE: Final = (0,) * (len(BOUNDS) + 1)


@dataclass(frozen=True, slots=True)
class LatenessHistogram:
    """Counts of actions by lateness against the engine's time.

    `late` counts by `BOUNDS`; `longest` is the greatest lateness; `underruns` is the number of
    times that a decoder fell behind.
    """

    late: tuple[int, ...] = _NONE
    longest: Seconds = Seconds(0.0)
    underruns: int = 0

    @property
    def orders(self) -> int:
        """Number of the engine's own actions."""
        return sum(self.late)

    def with_order(self, lateness: Seconds) -> "LatenessHistogram":
        """Return the counts with one more action of this lateness."""
        place = bisect_left(BOUNDS, lateness)
        late = tuple(count + (at == place) for at, count in enumerate(self.late))
        return replace(self, late=late, longest=Seconds(max(self.longest, lateness)))

    def plus(self, other: "LatenessHistogram") -> "LatenessHistogram":
        """Return the sum of both."""
        return LatenessHistogram(
            _sum(self.late, other.late),
            Seconds(max(self.longest, other.longest)),
            self.underruns + other.underruns,
        )

    def within(self, share: float) -> Seconds | None:
        """Return the quantile of lateness for `share` (0 to 1); None without counts."""
        wanted, seen = share * self.orders, 0
        for bound, count in zip((*BOUNDS, self.longest), self.late, strict=False):
            seen += count
            if count and seen >= wanted:
                return Seconds(min(bound, self.longest))
        return None


def _sum(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))
