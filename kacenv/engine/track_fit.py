"""Choice of tracks that fill a phase so that the last one ends with it."""

import math
from collections.abc import Mapping, Sequence

from kacenv.core.units import Seconds
from kacenv.model.playlist import Cut

_PER_SECOND = 10
"""Resolution of lengths; they are rounded down, so that no choice ends sooner than reckoned."""
_Ends = Mapping[Seconds, int]
"""Ends of choices, as bits, by what their last track gives to a crossfade."""


def choose(
    cuts: Sequence[Cut], shares: Sequence[Seconds], before: Seconds, ends: tuple[float, float]
) -> tuple[Cut, ...]:
    """Return the tracks, in their order, that end at `ends[0]` or later, nearest to `ends[1]`.

    Times count from the end of the track before. Two neighbours overlap by the lesser of their
    `shares`; that of the track before them is `before`. If all of them together end sooner than
    `ends[0]`, all are returned. (Subset sum; each set of sums is a set of bits.)
    """
    fewest = max(1, math.ceil(_PER_SECOND * ends[0]))
    wanted = max(fewest, round(_PER_SECOND * ends[1]))
    longest = max(_step(cut, Seconds(0.0)) for cut in cuts)
    within = (1 << wanted + longest + 1) - 1
    states: list[_Ends] = [{before: 1}]
    for cut, share in zip(cuts, shares, strict=True):
        states.append(_with(states[-1], cut, share, within))
    found = 0
    for sums in states[-1].values():
        found |= sums
    total = _nearest(found, fewest, wanted)
    return tuple(cuts[index] for index in _path(states, cuts, shares, total))


def _step(cut: Cut, overlap: Seconds) -> int:
    """Return how much later the music ends with one more track."""
    return max(1, math.floor(_PER_SECOND * (cut.length - overlap)))


def _with(ends: _Ends, cut: Cut, share: Seconds, within: int) -> _Ends:
    """Return the ends of all choices with and without one more track."""
    sums = ends.get(share, 0)
    for last, some in ends.items():
        sums |= some << _step(cut, min(last, share))
    return {**ends, share: sums & within}


def _nearest(sums: int, fewest: int, wanted: int) -> int:
    """Return the sum nearest to `wanted` of those not below `fewest`; else the largest."""
    above = sums >> wanted
    over = wanted + (above & -above).bit_length() - 1
    below = (sums & ((1 << wanted) - 1)).bit_length() - 1
    if not above or (below >= fewest and wanted - below <= over - wanted):
        return below
    return over


def _path(
    states: Sequence[_Ends], cuts: Sequence[Cut], shares: Sequence[Seconds], total: int
) -> list[int]:
    """Return the indices of the tracks of a choice that ends at `total`, in order."""
    path = []
    last = _last(states[-1], total)
    for index in reversed(range(len(cuts))):
        if states[index].get(last, 0) >> total & 1:
            continue
        path.append(index)
        for share in states[index]:
            earlier = total - _step(cuts[index], min(share, shares[index]))
            if earlier >= 0 and states[index][share] >> earlier & 1:
                last, total = share, earlier
                break
    return path[::-1]


def _last(ends: _Ends, total: int) -> Seconds:
    """Return what the last track of a choice that ends at `total` gives to a crossfade."""
    return next(share for share, sums in ends.items() if sums >> total & 1)
