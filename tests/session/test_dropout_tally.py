"""What staff are told of gaps in the sound: calmly, and only where people heard them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.units import Seconds
from kacenv.model.dropout import Dropout
from kacenv.session.dropout_tally import DropoutTally, dropout_length


def tally(*gaps: tuple[float, float]) -> DropoutTally:
    """A session since 100 s with these gaps, each begin and length."""
    counted = DropoutTally(Seconds(100.0))
    for begin, length in gaps:
        counted.add(Dropout(Seconds(begin), Seconds(length)))
    return counted


def test_short_gaps_now_and_then_are_counted_and_not_told() -> None:
    """Two of 30 ms in an hour are in the figures alone."""
    counted = tally((1000.0, 0.03), (3000.0, 0.04))
    assert counted.status().count == 2
    assert counted.status().longest == pytest.approx(0.04)
    assert counted.note(Seconds(3001.0)) is None


def test_what_people_noticed_is_told_with_what_to_do_for_ten_minutes() -> None:
    """A long one, or several; the words say what was heard and what to do."""
    counted = tally((1000.0, 0.9))
    assert counted.note(Seconds(1001.0)) == (
        "The sound stopped once in the last 10m, for 900 ms at most. It plays on by itself. "
        "If it happens again, close other programs on this machine."
    )
    assert counted.note(Seconds(1602.0)) is None
    several = tally((1000.0, 0.03), (1100.0, 0.03), (1200.0, 0.03))
    assert "stopped 3 times" in (several.note(Seconds(1201.0)) or "")


def test_what_was_before_the_session_is_not_its_own() -> None:
    """Nothing of it is counted, or the part that was heard in the session."""
    counted = DropoutTally(Seconds(100.0))
    assert counted.add(Dropout(Seconds(90.0), Seconds(1.0))) is None
    assert counted.add(Dropout(Seconds(99.0), Seconds(3.0))) == Dropout(
        Seconds(100.0), Seconds(2.0)
    )
    assert counted.status().count == 1


@given(st.floats(0.0, 7200.0))
def test_a_length_is_said_in_few_digits(length: float) -> None:
    """No more is known of it."""
    assert len(dropout_length(length)) <= 8
