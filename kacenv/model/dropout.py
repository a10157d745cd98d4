"""Dropout: a span in which the sound device had nothing to play, though the music went on."""

from collections.abc import Iterable
from dataclasses import dataclass

from kacenv.core.units import Seconds


@dataclass(frozen=True, slots=True)
class Dropout:
    """Gap in the sound of a device; `begin` is a time on the clock that its reader names."""

    begin: Seconds
    length: Seconds

    @property
    def end(self) -> Seconds:
        """Return the time at which the sound was back."""
        return Seconds(self.begin + self.length)

    def moved(self, by: float) -> "Dropout":
        """Return the same gap on a clock that is `by` seconds ahead."""
        return Dropout(Seconds(self.begin + by), self.length)

    def since(self, start: Seconds) -> "Dropout | None":
        """Return what of it was heard from `start` on; None if nothing was."""
        begin = Seconds(max(self.begin, start))
        return Dropout(begin, Seconds(self.end - begin)) if self.end > begin else None


def merged(dropouts: Iterable[Dropout]) -> list[Dropout]:
    """Return the gaps in order, those that overlap as one: devices of one server stop together."""
    joined: list[Dropout] = []
    for one in sorted(dropouts, key=lambda gap: (gap.begin, gap.length)):
        if joined and one.begin <= joined[-1].end:
            begin = joined[-1].begin
            joined[-1] = Dropout(begin, Seconds(max(joined[-1].end, one.end) - begin))
        else:
            joined.append(one)
    return joined
