"""Measured loudness of the music over a session, from cached scans."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from kacenv.analysis import KnownMeasurements
from kacenv.analysis.loudness_curve import loudness_at
from kacenv.analysis.normalization import REFERENCE
from kacenv.core.units import Decibels, Seconds
from kacenv.model.playlist import Cut
from kacenv.rehearsal.plot.arc import LevelPoint, PieceSpan, level_between

_POINTS: Final = 1200
"""Number of points over the session, about one for each pixel."""


class MeasuredLoudness:
    """Loudness curves of the session's tracks, in playing order."""

    def __init__(self, known: KnownMeasurements) -> None:
        self._known = known
        self._courses: list[tuple[Cut, bytes]] = []

    def add(self, cut: Cut) -> None:
        """Add the next track."""
        sound = self._known.find(Path(cut.path))
        self._courses.append((cut, sound.course if sound else b""))

    def points(
        self, pieces: Sequence[PieceSpan], planned: Sequence[LevelPoint]
    ) -> Iterator[LevelPoint]:
        """Yield the loudness in LU from the reference, of tracks at `planned` levels.

        The powers of overlapping tracks add up, weighted by their fades. A track that wasn't
        measured counts as the reference. Nothing if none was measured.
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
        """Return the mean power of what sounds, 1 at the reference, weighted by the fades."""
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
