"""Counts of how often pieces were played: an immutable record that is cheap to add to."""

from dataclasses import dataclass

from kacenv.model.playlist import CutKey


@dataclass(frozen=True, slots=True)
class PlayCounts:
    """Number of plays of each cut.

    `layers` are dicts, each at least twice as long as the next, which overrides it; so adding a
    play copies only a few entries, however many were played.
    """

    layers: tuple[dict[CutKey, int], ...] = ()
    most: int = 0

    def of(self, cut: CutKey) -> int:
        """Return how often `cut` was played."""
        return next((layer[cut] for layer in reversed(self.layers) if cut in layer), 0)

    def add(self, cut: CutKey) -> "PlayCounts":
        """Return the counts after one more play of `cut`."""
        count = self.of(cut) + 1
        layers, newest = list(self.layers), {cut: count}
        while layers and len(layers[-1]) < 2 * len(newest):
            newest = layers.pop() | newest
        return PlayCounts((*layers, newest), max(self.most, count))
