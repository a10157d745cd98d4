"""Silence inside a piece."""

import pytest

from kacenv.analysis.silence_gaps import GapDetector, GapFrames, packed, unpacked

_PIECES = {
    "ooo": GapFrames(),
    "": GapFrames(),
    ".oo": GapFrames(),
    "oo...": GapFrames(),
    "o.o": GapFrames(10, 10),
    "..o.oo...o..": GapFrames(60, 30),
    "o..oo..o": GapFrames(10, 20),
}


@pytest.mark.parametrize("piece", _PIECES)
def test_the_longest_silence_is_found(piece: str) -> None:
    """Between the first sound and the last, and the first of two alike."""
    gaps = GapDetector()
    for part in piece:
        gaps.add(10, loud=part == "o")
    assert gaps.longest == _PIECES[piece]


def test_every_silence_that_lasts_is_kept() -> None:
    """In their order, and none that is shorter than asked for."""
    gaps = GapDetector(least=20)
    for part in "..o.o..oo...oo.oo..o....":
        gaps.add(10, loud=part == "o")
    assert gaps.found == [GapFrames(50, 20), GapFrames(90, 30), GapFrames(170, 20)]


def test_silences_come_back_as_they_were_kept() -> None:
    """To the thousandth of a second, in eight bytes each; none takes none."""
    kept = packed([GapFrames(44100, 22050), GapFrames(441000, 88211)], 44100)
    assert len(kept) == 16
    assert unpacked(kept) == ((1.0, 0.5), (10.0, 2.0))
    assert packed([], 44100) == b""
    assert unpacked(b"") == ()
