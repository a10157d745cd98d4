"""What `order: fit` promises, by trying every choice of pieces."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from support.reference.music import LEAST_FLOW, share_of
from support.reference.plan import Millis


def nearest_end(lengths: Sequence[Millis], crossfade: Millis, least: Millis, aim: Millis) -> Millis:
    """Return the end nearest to `aim`, and not before `least`, of any of the pieces in their order.

    They begin at 0. If all of them together end before `least`, that is the nearest end.
    """
    ends = [end for end in _ends(lengths, crossfade) if end >= least]
    return min(ends, key=lambda end: abs(end - aim), default=end_of(lengths, crossfade))


def _ends(lengths: Sequence[Millis], crossfade: Millis) -> Iterator[Millis]:
    for count in range(1, len(lengths) + 1):
        for some in combinations(lengths, count):
            yield end_of(some, crossfade)


def end_of(lengths: Sequence[Millis], crossfade: Millis) -> Millis:
    """Return when pieces that flow into each other end."""
    end = lengths[0]
    for before, after in pairwise(lengths):
        end += after - min(max(LEAST_FLOW, crossfade), share_of(min(before, after)))
    return end
