"""The music's real loudness over a session, from what a scan has kept of each file."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from kacenv.music import Known
from kacenv.music.course import loudness_at
from kacenv.music.levels import REFERENCE
from kacenv.playlist import Cut
from kacenv.plot.arc import LevelPoint, PieceSpan, level_between
from kacenv.units import Decibels, Seconds

_POINTS: Final = 1200
"""Of a whole session: about one for each pixel."""


class Sounds:
    """The courses of the pieces of a session, in the order in which they play."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._courses: list[tuple[Cut, bytes]] = []

    def add(self, cut: Cut) -> None:
        """The next piece."""
        sound = self._known.find(Path(cut.path))
        self._courses.append((cut, sound.course if sound else b""))

    def points(
        self, pieces: Sequence[PieceSpan], planned: Sequence[LevelPoint]
    ) -> Iterator[LevelPoint]:
        """The loudness in LU from the reference, of pieces that play at `planned` levels.

        Where two pieces overlap their powers add up, each by its fade. A piece that was never
        measured counts as the reference. Nothing where none was.
        """
        if not any(course for _, course in self._courses):
            return
        length = planned[-1].at
        first = 0
        for step in range(_POINTS + 1):
            at = Seconds(length * step / _POINTS)
            while first < len(pieces) - 1 and pieces[first].end <= at:
                first += 1
            power = self._power(pieces, first, at)
            own = 10 * math.log10(power) if power > 0 else 0.0
            yield LevelPoint(at, Decibels(level_between(planned, at) + own))

    def _power(self, pieces: Sequence[PieceSpan], first: int, at: float) -> float:
        """Mean power of what sounds, 1 at the reference, weighted by the fades."""
        total = weights = 0.0
        for index in range(first, len(pieces)):
            piece = pieces[index]
            if piece.begin > at:
                break
            weight = piece.gain_at(at) ** 2
            total += weight * self._own_power(index, at - piece.begin)
            weights += weight
        return total / weights if weights > 1e-6 else 1.0

    def _own_power(self, index: int, heard: float) -> float:
        cut, course = self._courses[index]
        if not course:
            return 1.0
        return float(10 ** ((loudness_at(course, cut.cue_in + heard) + cut.gain - REFERENCE) / 10))
