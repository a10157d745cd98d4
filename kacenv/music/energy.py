"""A guess at how much energy a piece of music has, from what a scan measured."""

from typing import Final

from kacenv.music.sound import Sound

_STILL: Final = 3.0
"""The largest rise of momentary loudness in music without accents, in LU."""
_ACCENTS: Final = 6.0
"""LU of rise that count as one step."""
_SOFT, _DENSE = -20.0, 8.0
"""Loudness of music left as soft as it is (LUFS), and LU of mastering that count as one step."""


def guessed_energy(sound: Sound) -> int | None:
    """From 1 (still) to 5 (intense); None for silence.

    Lively music has accents and is mastered loud. Our own rule of thumb: it knows nothing of
    harmony or tempo, and only sorts a folder roughly until somebody has listened.
    """
    if sound.loudness is None:
        return None
    steps = (sound.sudden - _STILL) / _ACCENTS + (sound.loudness - _SOFT) / _DENSE
    return min(5, max(1, round(1 + steps)))
