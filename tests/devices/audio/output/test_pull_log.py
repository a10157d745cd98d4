"""The log of pulls: what was written is read, and no frame of it is lost."""

from hypothesis import given
from hypothesis import strategies as st

from kacenv.devices.audio.output.pull_log import CAPACITY, PullLog


@given(st.lists(st.lists(st.integers(1, 5000), max_size=30), max_size=10))
def test_pulls_are_read_once_in_order(batches: list[list[int]]) -> None:
    """Between two looks at it, all that came is told."""
    log, at = PullLog(), 0.0
    for batch in batches:
        wrote = []
        for frames in batch:
            at += 0.01
            log.add(at, frames)
            wrote.append((at, frames))
        assert list(log.drain()) == wrote


def test_where_it_runs_over_no_frame_is_lost() -> None:
    """A reader that was away for long finds the latest pulls, and the sum of all."""
    log, many = PullLog(), 3 * CAPACITY
    for number in range(many):
        log.add(float(number), 64)
    found = list(log.drain())
    assert found[-1] == (many - 1.0, 64)
    assert sum(frames for _, frames in found) == 64 * many
    assert list(log.drain()) == []
