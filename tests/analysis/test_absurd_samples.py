"""Absurd samples are told from loud ones."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kacenv.analysis.absurd_samples import END, SampleCheck, is_absurd


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("one", [np.nan, np.inf, -np.inf, 17.0, -17.0, 1e30])
def test_one_such_sample_is_enough(kind: type, one: float) -> None:
    """Infinite, no number, or far beyond full scale on one of two channels."""
    samples: NDArray[Any] = np.full((2, 64), 0.5, kind)
    assert not is_absurd(samples)
    samples[1, 7] = one
    assert is_absurd(samples)


@pytest.mark.parametrize("one", [4.0, -4.0, 16.0])
def test_peaks_above_full_scale_are_music(one: float) -> None:
    """A mix in floats may pass full scale by 24 dB; its level is set by its peak."""
    assert not is_absurd(np.array([[0.0, one]], np.float32))


def test_whole_numbers_are_never_absurd() -> None:
    """They can't pass full scale; and nothing at all is nothing absurd."""
    assert not is_absurd(np.array([[32767, -32768]], np.int16))
    assert not is_absurd(np.zeros((2, 0), np.float32))


def test_a_second_in_a_row_is_the_end() -> None:
    """Single ones are left out; where nothing else comes for a second, the piece is over."""
    check = SampleCheck()
    wild, calm = np.full(2000, 99.0), np.zeros(2000)
    for _ in range(3):
        assert not check.passes([calm, wild], 0.25)
        assert not check.passes([calm, wild], 0.25)
        assert check.passes([calm], 0.25)
        assert not check.is_over
    for _ in range(round(4 * END)):
        assert not check.is_over
        assert not check.passes([calm, wild], 0.25)
    assert check.is_over
    assert check.found
