"""Heuristic estimate of a track's energy from its measurement."""

from typing import Final

from kacenv.analysis.measurement import Measurement

_STILL: Final = 3.0
"""Largest rise (LU) of momentary loudness in music without accents."""
_ACCENTS: Final = 6.0
"""Rise (LU) per step of energy."""
_SOFT, _DENSE = -20.0, 8.0
"""Loudness (LUFS) of unmastered soft music, and loudness (LU) per step of energy."""


def estimated_energy(sound: Measurement) -> int | None:
    """Return the estimated energy from 1 (still) to 5 (intense); None for silence.

    Lively music has accents and is mastered loud. A heuristic of kacenv's own: it ignores harmony
    and tempo, and only presorts a folder until somebody has listened.
    """
    if sound.loudness is None:
        return None
    steps = (sound.sudden - _STILL) / _ACCENTS + (sound.loudness - _SOFT) / _DENSE
    return min(5, max(1, round(1 + steps)))
