"""Loudness over time, and where in it people would start."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kacenv.units import Seconds

Course = NDArray[np.float64]
"""Loudness in LUFS, one value each 0.1 s."""

HOP: Final = Seconds(0.1)
WITHIN: Final = Seconds(2.0)
LISTENING_FROM: Final = Seconds(3.0)
"""Before, the short-term window isn't full, and every track is still being faded in."""
DEPTH: Final = 20.0
"""What is this much quieter than the track as a whole counts as that quiet, in LU: a breath
between two soft notes is no rise. The same gate as for the loudness range (EBU Tech 3342)."""

_LOWEST: Final = -70.0
"""LUFS; the absolute gate (ITU-R BS.1770-4)."""
_STEPS: Final = 3.0
"""Steps of a packed course in one LU."""


def largest_rise(course: Course, loudness: float | None, head: Seconds) -> tuple[float, Seconds]:
    """The largest rise within 2 s in LU, and where in the file it ends.

    Args:
        course: Momentary or short-term loudness from the file's beginning, of shape (n,).
        loudness: The integrated loudness in LUFS; None for a silent file, which has no rise.
        head: Silence at the beginning, which isn't played.
    """
    first = round((head + LISTENING_FROM) / HOP)
    heard = course[first:]
    if loudness is None or len(heard) < 2:
        return 0.0, Seconds(0.0)
    heard = np.fmax(heard, loudness - DEPTH)
    rises = heard - _lowest_before(heard, round(WITHIN / HOP))
    place = int(rises.argmax())
    return float(rises[place]), Seconds((first + place) * HOP)


def packed(short_term: Course) -> bytes:
    """Short-term loudness as it is kept: the middle of each second's own 3 s, a byte each.

    Args:
        short_term: One value each 0.1 s, each of the 3 s before it, of shape (n,).
    """
    each = round(1.0 / HOP)
    centred = short_term[round(LISTENING_FROM / HOP / 2) :: each]
    steps = np.clip(np.round((centred - _LOWEST) * _STEPS), 0, 255)
    return steps.astype(np.uint8).tobytes()


def loudness_at(course: bytes, moment: float) -> float:
    """Short-term loudness in LUFS of a packed course at `moment`, in seconds of its file."""
    if not course:
        return _LOWEST
    return _LOWEST + course[min(max(0, int(moment)), len(course) - 1)] / _STEPS


def _lowest_before(heard: Course, steps: int) -> Course:
    """For each moment the lowest value of the `steps` before it and its own."""
    before = np.concatenate([np.full(steps, np.inf), heard])
    lowest: Course = np.lib.stride_tricks.sliding_window_view(before, steps + 1).min(axis=1)
    return lowest
