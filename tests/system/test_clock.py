"""Clocks run forward only."""

import pytest

from kacenv.core.units import Seconds
from kacenv.system.clock import MonotonicClock, SimClock


def test_a_simulated_clock_stands_still_between_jumps() -> None:
    """At rate 0, time passes by jumps alone."""
    clock = SimClock()
    clock.jump(Seconds(90.0))
    assert clock.now() == 90.0
    assert clock.now() == 90.0


def test_a_simulated_clock_can_run_fast() -> None:
    """At a high rate, much time passes in little, and slowing down loses none."""
    clock = SimClock(rate=1e6)
    before = clock.now()
    clock.rate = 0.0
    assert clock.now() >= before
    assert clock.rate == 0.0


def test_no_clock_goes_back() -> None:
    """A jump back is refused."""
    with pytest.raises(ValueError, match="can't go back"):
        SimClock().jump(Seconds(-1.0))


def test_the_machine_clock_runs_forward_from_zero() -> None:
    """The monotonic clock begins at 0 and never decreases."""
    clock = MonotonicClock()
    first = clock.now()
    assert 0 <= first <= clock.now()
    assert clock.rate == 1.0
