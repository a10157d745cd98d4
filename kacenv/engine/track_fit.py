"""Choice of tracks that fill a phase so that the last one ends with it."""

from collections.abc import Sequence
from functools import lru_cache

from kacenv.core.units import Seconds
from kacenv.model.playlist import Cut


@lru_cache(maxsize=64)
def choose(cuts: tuple[Cut, ...], span: Seconds, crossfade: Seconds) -> tuple[Cut, ...]:
    """Return the tracks, in their order, whose total length comes nearest to `span`.

    Each track overlaps the next by `crossfade`. The last one may end at any moment of the
    crossfade that begins when `span` is over; its middle is the aim. Lengths are rounded to whole
    seconds (subset sum by dynamic programming). The result is empty only if `cuts` is.
    """
    steps = [max(1, round(cut.length - crossfade)) for cut in cuts]
    aim = round(span - crossfade / 2)
    ways = _sums(steps, aim + max(steps, default=0))
    reached = min((total for total in ways if total), key=lambda total: abs(total - aim))
    return tuple(cuts[index] for index in _path(ways, steps, reached))


def _sums(steps: Sequence[int], most: int) -> dict[int, int | None]:
    """Return every subset sum of `steps` up to `most`, with the index of the last step in it."""
    ways: dict[int, int | None] = {0: None}
    for index, step in enumerate(steps):
        grown = {total + step: index for total in ways if total + step <= max(most, step)}
        ways |= {total: last for total, last in grown.items() if total not in ways}
    return ways


def _path(ways: dict[int, int | None], steps: Sequence[int], total: int) -> list[int]:
    """Return the indices of the steps that make up `total`, in order."""
    path: list[int] = []
    while (last := ways[total]) is not None:
        path.append(last)
        total -= steps[last]
    return path[::-1]
