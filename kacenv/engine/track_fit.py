"""Choice of tracks that fill a phase so that the last one ends with it."""

import math
from collections.abc import Sequence

from kacenv.core.units import Seconds
from kacenv.model.playlist import Cut

_PER_SECOND = 10
"""Resolution of lengths; they are rounded down, so that no choice ends sooner than reckoned."""


def choose(cuts: Sequence[Cut], least: float, aim: float, crossfade: Seconds) -> tuple[Cut, ...]:
    """Return the tracks, in their order, that last `least` or more, and as near to `aim` as can be.

    Each overlaps the next by `crossfade`, or by half of its length. If all of them together are
    shorter than `least`, all are returned. (Subset sum; each set of sums is a set of bits.)
    """
    overlaps = [min(crossfade, cut.length / 2) for cut in cuts]
    steps = [
        max(1, math.floor(_PER_SECOND * (cut.length - overlap)))
        for cut, overlap in zip(cuts, overlaps, strict=True)
    ]
    last = min(overlaps, default=0.0)
    fewest = max(1, math.ceil(_PER_SECOND * (least - last)))
    wanted = max(fewest, round(_PER_SECOND * (aim - last)))
    sums = _sums(steps, wanted + max(steps, default=0))
    return tuple(cuts[index] for index in _path(sums, steps, _nearest(sums[-1], fewest, wanted)))


def _sums(steps: Sequence[int], most: int) -> list[int]:
    """Return the sums up to `most` of subsets of the first 0, 1, 2 … steps, as bits."""
    within = (1 << most + 1) - 1
    sums = [1]
    for step in steps:
        sums.append((sums[-1] | sums[-1] << step) & within)
    return sums


def _nearest(sums: int, fewest: int, wanted: int) -> int:
    """Return the sum nearest to `wanted` of those not below `fewest`; else the largest."""
    above = sums >> wanted
    over = wanted + (above & -above).bit_length() - 1
    below = (sums & ((1 << wanted) - 1)).bit_length() - 1
    if not above or (below >= fewest and wanted - below <= over - wanted):
        return below
    return over


def _path(sums: Sequence[int], steps: Sequence[int], total: int) -> list[int]:
    """Return the indices of the steps that make up `total`, in order."""
    path = []
    for index in reversed(range(len(steps))):
        if not sums[index] >> total & 1:
            path.append(index)
            total -= steps[index]
    return path[::-1]
