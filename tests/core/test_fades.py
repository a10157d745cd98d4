"""Fades answer for any moment, never jump, and keep their bound."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.fades import Fade, FadeCurve
from kacenv.core.units import Seconds

values = st.floats(-60, 60)
times = st.floats(0, 1000)
spans = st.floats(0.01, 600)
fades = st.builds(
    Fade, values, values, times.map(Seconds), spans.map(Seconds), st.sampled_from(FadeCurve)
)


@given(fades)
def test_a_fade_begins_and_ends_where_it_says(fade: Fade) -> None:
    """Before the start there is the origin, after the end the target."""
    assert fade.value_at(fade.start - 1) == pytest.approx(fade.origin)
    assert fade.value_at(fade.start) == pytest.approx(fade.origin)
    assert fade.value_at(fade.end) == fade.target
    assert fade.value_at(fade.end + 1) == fade.target


@given(times, st.floats(0, 2e-9))
def test_a_change_without_time_is_there_at_once(start: float, later: float) -> None:
    """At its start and at any moment after it, a part of a nanosecond too."""
    fade = Fade(0.0, 1.0, Seconds(start))
    assert fade.value_at(start + later) == 1.0


@given(fades, st.floats(0, 1), st.floats(0, 1))
def test_no_stretch_is_steeper_than_the_fade_says(fade: Fade, one: float, other: float) -> None:
    """Between any two moments the value changes no faster than `steepest`."""
    first, second = sorted((fade.start + one * fade.duration, fade.start + other * fade.duration))
    change = abs(fade.value_at(second) - fade.value_at(first))
    assert change <= fade.steepest * (second - first) + 1e-9 * (1 + fade.steepest)


@given(fades, st.floats(0, 1.5), values, st.floats(0, 60), st.floats(0.1, 20))
def test_a_fade_that_takes_over_neither_jumps_nor_hurries(
    fade: Fade, share: float, target: float, duration: float, bound: float
) -> None:
    """The new fade begins at the old one's value and keeps the bound on its slope."""
    now = Seconds(fade.start + share * fade.duration)
    after = fade.toward(target, now, Seconds(duration), bound)
    assert after.value_at(now) == pytest.approx(fade.value_at(now), abs=1e-6)
    assert after.target == target
    assert after.steepest <= bound * (1 + 1e-9) or not after.duration


@given(st.floats(0, 1))
def test_power_in_and_out_add_up_to_one(share: float) -> None:
    """sin² + cos² keeps the power of a crossfade constant."""
    rise = Fade(0, 1, duration=Seconds(1), curve=FadeCurve.POWER_IN).value_at(share)
    fall = Fade(1, 0, duration=Seconds(1), curve=FadeCurve.POWER_OUT).value_at(share)
    assert rise**2 + fall**2 == pytest.approx(1)


def test_a_fade_is_over_at_its_end_although_times_do_not_add_up_exactly() -> None:
    """From 1.999 s on six seconds end at 7.999 s, where floating point says 7.999000000000001."""
    fade = Fade(math.nan, 0.5, Seconds(1.999), Seconds(6.0))
    assert fade.value_at(7.999) == 0.5


def test_fades_from_an_unknown_value_are_equal() -> None:
    """Two rooms of which nobody knows the light are in the same state, on every Python."""
    one, other = (Fade(float("nan"), 0.5, Seconds(1.0), Seconds(4.0)) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert one != Fade(0.0, 0.5, Seconds(1.0), Seconds(4.0))


def test_a_steady_value_has_no_slope() -> None:
    """A fade between equal values changes nothing, at any time."""
    assert Fade.steady(3.0).value_at(1e9) == 3.0
    assert Fade.steady(3.0).steepest == 0.0


def test_a_change_without_time_is_infinitely_steep() -> None:
    """A jump is known as one, and before its moment there is the origin."""
    jump = Fade(0.0, 1.0, Seconds(10.0))
    assert jump.steepest == math.inf
    assert [jump.value_at(time) for time in (9.0, 10.0)] == [0.0, 1.0]
