"""Rotation through a queue: each track once before any again, found without a search."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from kacenv.engine.play_counts import PlayCounts
from kacenv.model.playlist import Cut, Queue

Usable = Callable[[Cut], bool]
"""Tells whether a cut may be played."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """Place in a queue's `turn`-th round: all before it were played in it, or can't be."""

    turn: int = 0
    place: int = 0

    def advanced(self, queue: Queue, counts: PlayCounts, usable: Usable) -> "Rotation":
        """Return the place of the first track that this round still has.

        If no track is usable, the place is behind the last one.
        """
        turn, place = self.turn, self.place
        while True:
            order = queue.order(turn)
            for at in range(place, len(order)):
                if counts.of(order[at].key) <= turn and usable(order[at]):
                    return Rotation(turn, at)
            if turn > counts.most:
                return Rotation(turn, len(order))
            plays = (counts.of(cut.key) for cut in order if usable(cut))
            turn, place = max(turn + 1, min(plays, default=counts.most + 1)), 0

    def over(self, queue: Queue) -> bool:
        """Return True if no track of the queue was usable."""
        return self.place >= len(queue.order(self.turn))


class Pick(NamedTuple):
    """Track found in a queue, and how often it was played."""

    cut: Cut
    plays: int


def least_heard(
    queue: Queue, rotation: Rotation, counts: PlayCounts, usable: Usable
) -> Pick | None:
    """Return the track played least often, in the order of its round; `rotation` is up to date."""
    place = rotation.place
    for turn in (rotation.turn, rotation.turn + 1):
        for cut in islice(queue.order(turn), place, None):
            if (count := counts.of(cut.key)) <= turn and usable(cut):
                return Pick(cut, count)
        place = 0
    return _searched(queue, counts, usable)


def _searched(queue: Queue, counts: PlayCounts, usable: Usable) -> Pick | None:
    """Search all tracks: those left have been played far more often than the one left out."""
    least = min((counts.of(cut.key) for cut in queue.cuts if usable(cut)), default=None)
    if least is None:
        return None
    fresh = (cut for cut in queue.order(least) if counts.of(cut.key) == least)
    return next(Pick(cut, least) for cut in fresh if usable(cut))
