"""Measurement of one sound file."""

import math
from dataclasses import dataclass, fields
from typing import Final

from kacenv.analysis.silence_gaps import SilentSpan, unpacked
from kacenv.core.units import Decibels, Seconds

QUIETEST: Final = Decibels(-120.0)
"""True peak (dBTP) of a file without any sound."""
ABSOLUTE_GATE: Final = -70.0
"""Absolute gate (LUFS), below which nothing counts as programme (ITU-R BS.1770-4)."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """EBU R 128 measurement of a sound file.

    Raises:
        ValueError: A figure is implausible.
    """

    loudness: float | None
    """Integrated loudness in LUFS; None for a file that is silent or shorter than 0.4 s."""
    true_peak: Decibels
    """True peak in dBTP (EBU R 128, ITU-R BS.1770-4)."""
    loudness_range: float
    """Loudness range in LU (EBU Tech 3342)."""
    rise: float
    """Largest rise of short-term loudness (3 s) within 2 s, in LU."""
    sudden: float
    """Largest rise of momentary loudness (0.4 s) within 2 s, in LU."""
    sudden_at: Seconds
    """Position (s) of the largest momentary rise."""
    head: Seconds
    """Silence (s) at the beginning, below -60 dBFS."""
    tail: Seconds
    """Silence (s) at the end, below -60 dBFS."""
    duration: Seconds
    """Decoded length (s), whatever the header says."""
    damaged_at: Seconds | None = None
    """Position (s) of the first stretch that couldn't be decoded; None without one."""
    gap: Seconds = Seconds(0.0)
    """Longest silence (s) between beginning and end, below -60 dBFS (rms of 0.1 s)."""
    gap_at: Seconds = Seconds(0.0)
    """Position (s) of the longest silence."""
    gaps: bytes = b""
    """All such silences of 2 s or more, packed; see `silences`."""
    course: bytes = b""
    """Short-term loudness (3 s), packed: a byte per second, in thirds of a LU from -70 LUFS."""

    def __post_init__(self) -> None:
        if not self._plausible():
            raise ValueError(f"not a measurement: {self}")

    def _plausible(self) -> bool:
        spans = self.loudness_range, self.rise, self.sudden, self.sudden_at, self.head, self.tail
        inside = self.gap, self.gap_at
        others = self.true_peak, self.duration, self.loudness or 0.0, self.damaged_at or 0.0
        # Five times as fast as a loop over the fields, for thousands of tracks.
        if not all(type(value) is float for value in (*spans, *inside, *others)):
            return False
        return (
            isinstance(self.course, bytes)
            and isinstance(self.gaps, bytes)
            and math.isfinite(sum((*spans, *inside, *others)))
            and self.duration > 0.0
            and min(*spans, *inside) >= 0.0
            and self.head + self.tail <= self.duration + 1e-6
            and self.gap_at + self.gap <= self.duration + 1e-6
            and all(silence.end <= self.duration + 0.002 for silence in self.silences)
            and QUIETEST <= self.true_peak < 60.0
            and (self.loudness is None or ABSOLUTE_GATE < self.loudness < 60.0)
        )

    @property
    def silences(self) -> tuple[SilentSpan, ...]:
        """Return all silences of 2 s or more between beginning and end, in order."""
        return unpacked(self.gaps) if self.gaps else ()

    @property
    def silent(self) -> bool:
        """Tell if the whole file is inaudible."""
        return self.head >= self.duration


FIELDS: Final = tuple(field.name for field in fields(Measurement))
