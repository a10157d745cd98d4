import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kacenv.analysis.loudness_curve import Course, largest_rise
from kacenv.core.units import Seconds

NONE = Seconds(0.0)
levels = st.floats(-90.0, 0.0)
courses = arrays(np.float64, st.integers(0, 120), elements=levels)


def slow_rise(course: Course, loudness: float, head: float) -> float:
    """The definition, moment by moment."""
    heard = [max(value, loudness - 20.0) for value in course[round(10 * head) + 30 :]]
    pairs = ((i, j) for i in range(len(heard)) for j in range(i, min(len(heard), i + 21)))
    return max((heard[j] - heard[i] for i, j in pairs), default=0.0)


@given(courses, st.floats(-40.0, -5.0), st.sampled_from([0.0, 0.4, 3.0]))
def test_rise_is_as_defined(course: Course, loudness: float, head: float) -> None:
    """The largest difference to a quieter moment at most 2 s before, above the floor."""
    rise, at = largest_rise(course, loudness, Seconds(head))
    assert rise == pytest.approx(slow_rise(course, loudness, head))
    assert 0.0 <= at <= max(len(course), 30 + 10 * head) / 10


@given(courses, st.floats(-40.0, -5.0), st.floats(-20.0, 20.0))
def test_rise_is_the_same_at_any_volume(course: Course, loudness: float, gain: float) -> None:
    """Turning a track up or down changes nothing in its rises."""
    rise, _ = largest_rise(course, loudness, NONE)
    assert largest_rise(course + gain, loudness + gain, NONE)[0] == pytest.approx(rise)


def test_breath_in_soft_music_is_no_rise() -> None:
    """After a rest, a soft note rises only from what the whole track leaves audible."""
    course = np.concatenate([np.full(60, -35.0), np.full(20, -90.0), np.full(60, -35.0)])
    assert largest_rise(course, -20.0, NONE)[0] == pytest.approx(5.0)


def test_beginning_is_faded_in() -> None:
    """The first sound of a track rises from nothing, under a crossfade."""
    course = np.concatenate([np.full(50, -120.0), np.full(100, -20.0)])
    assert largest_rise(course, -20.0, Seconds(5.0))[0] == pytest.approx(0.0)
    assert largest_rise(course, -20.0, NONE)[0] == pytest.approx(20.0)


def test_silence_never_rises() -> None:
    """A silent file and a very short one have no rise."""
    assert largest_rise(np.full(100, -120.0), None, NONE) == (0.0, 0.0)
    assert largest_rise(np.full(5, -20.0), -20.0, NONE) == (0.0, 0.0)
