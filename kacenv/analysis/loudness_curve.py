"""Loudness curves: largest rise, and storage as bytes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kacenv.core.units import Seconds

Course = NDArray[np.float64]
"""Loudness in LUFS, one value each 0.1 s."""

HOP: Final = Seconds(0.1)
WITHIN: Final = Seconds(2.0)
LISTENING_FROM: Final = Seconds(3.0)
"""Time (s) before which rises are ignored: the short-term window isn't full, and every track is
still being faded in."""
DEPTH: Final = 20.0
"""Relative gate (LU below the integrated loudness), to which quieter values are raised: a breath
between two soft notes is no rise. The same gate as for the loudness range (EBU Tech 3342)."""

_LOWEST: Final = -70.0
"""Absolute gate (LUFS) of ITU-R BS.1770-4."""
_STEPS: Final = 3.0
"""Steps of a packed curve per LU."""


def largest_rise(course: Course, loudness: float | None, head: Seconds) -> tuple[float, Seconds]:
    """Return the largest rise within 2 s (LU), and the time in the file at which it ends.

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
    """Pack short-term loudness for storage: one byte per second, from a window centred on it.

    Args:
        short_term: One value each 0.1 s, each of the 3 s before it, of shape (n,).
    """
    each = round(1.0 / HOP)
    centred = short_term[round(LISTENING_FROM / HOP / 2) :: each]
    steps = np.clip(np.round((centred - _LOWEST) * _STEPS), 0, 255)
    return steps.astype(np.uint8).tobytes()


def loudness_at(course: bytes, moment: float) -> float:
    """Return a packed curve's loudness (LUFS) at `moment` seconds of its file."""
    if not course:
        return _LOWEST
    return _LOWEST + course[min(max(0, int(moment)), len(course) - 1)] / _STEPS


def _lowest_before(heard: Course, steps: int) -> Course:
    """Return the running minimum over each value and the `steps` before it."""
    before = np.concatenate([np.full(steps, np.inf), heard])
    lowest: Course = np.lib.stride_tricks.sliding_window_view(before, steps + 1).min(axis=1)
    return lowest
