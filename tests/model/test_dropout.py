"""Gaps in the sound: put on another clock, cut, and joined."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.units import Seconds
from kacenv.model.dropout import Dropout, merged

gaps = st.lists(
    st.builds(
        Dropout,
        st.integers(0, 200).map(lambda n: Seconds(n / 8)),
        st.integers(1, 40).map(lambda n: Seconds(n / 8)),
    )
)


@given(gaps)
def test_gaps_of_several_devices_are_joined(found: list[Dropout]) -> None:
    """Joined ones are in order and apart, and cover what the others covered."""
    joined = merged(found)
    assert all(one.end < other.begin for one, other in pairwise(joined))
    places = [n / 16 for n in range(500)]

    def covered(ones: list[Dropout]) -> list[bool]:
        return [any(one.begin <= place <= one.end for one in ones) for place in places]

    assert covered(joined) == covered(found)


def test_a_gap_is_cut_at_a_start() -> None:
    """What was before a session isn't its own."""
    gap = Dropout(Seconds(10.0), Seconds(4.0))
    assert gap.since(Seconds(8.0)) == gap
    assert gap.since(Seconds(12.0)) == Dropout(Seconds(12.0), Seconds(2.0))
    assert gap.since(Seconds(14.0)) is None


def test_a_gap_is_moved_to_another_clock() -> None:
    """Its length stays."""
    assert Dropout(Seconds(10.0), Seconds(4.0)).moved(-3.0) == Dropout(Seconds(7.0), Seconds(4.0))
