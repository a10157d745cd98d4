"""Silence inside a piece."""

import pytest

from kacenv.music.gap import Gap, Gaps

_PIECES = {
    "ooo": Gap(),
    "": Gap(),
    ".oo": Gap(),
    "oo...": Gap(),
    "o.o": Gap(10, 10),
    "..o.oo...o..": Gap(60, 30),
    "o..oo..o": Gap(10, 20),
}


@pytest.mark.parametrize("piece", _PIECES)
def test_the_longest_silence_is_found(piece: str) -> None:
    """Between the first sound and the last, and the first of two alike."""
    gaps = Gaps()
    for part in piece:
        gaps.add(10, loud=part == "o")
    assert gaps.longest == _PIECES[piece]
