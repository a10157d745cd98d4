"""The tally of how punctual a session was."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.units import Seconds
from kacenv.session.lateness import BOUNDS, LatenessHistogram

_spans = st.lists(st.floats(0.0, 200.0).map(Seconds), min_size=1, max_size=30)


def tally(spans: list[Seconds]) -> LatenessHistogram:
    """What is counted of these latenesses."""
    total = LatenessHistogram()
    for span in spans:
        total = total.with_order(span)
    return total


@given(_spans, _spans)
def test_two_lives_add_up_to_one(one: list[Seconds], other: list[Seconds]) -> None:
    """A crash in between changes no figure."""
    assert tally(one).plus(tally(other)) == tally([*one, *other])


@given(_spans, st.floats(0.01, 1.0))
def test_a_share_keeps_to_what_is_said(spans: list[Seconds], share: float) -> None:
    """At least so many were no later; and the bound is at most 2.5 times what it need be."""
    total = tally(spans)
    within = total.within(share)
    assert within is not None
    assert sum(span <= within for span in spans) >= share * len(spans) - 1e-9
    needed = sorted(spans)[math.ceil(share * len(spans) - 1e-9) - 1]
    assert within <= max(2.51 * needed, BOUNDS[0], 1e-9) or within == total.longest


def test_nothing_counted_says_nothing() -> None:
    """No figure is made up."""
    assert LatenessHistogram().within(0.5) is None
    assert LatenessHistogram().orders == 0


def test_the_latest_is_exact() -> None:
    """However coarse the counts."""
    assert tally([Seconds(0.0371), Seconds(0.001)]).longest == pytest.approx(0.0371)
