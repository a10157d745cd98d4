"""A journal read back whole, when its session is over."""

from pathlib import Path

import pytest
from support.full_disk import full_disk
from support.journals import journal

from kacenv.core.errors import JournalError
from kacenv.core.units import Seconds
from kacenv.model.requests import LightsUp
from kacenv.session.journal import read_complete
from kacenv.session.lateness import LatenessHistogram


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "room.journal"


def test_an_ended_one_is_read_with_all_that_was_added(path: Path) -> None:
    """Requests, what staff were told, and counts that add up."""
    with journal(path) as book:
        book.tell(Seconds(72.0), "The sound is back.")
        book.beat(Seconds(75.0), LatenessHistogram(underruns=1))
        book.end(Seconds(100.0), LatenessHistogram(underruns=2))
        whole = read_complete(path.with_suffix(".last"))
    assert len(whole.past.entries) == 3
    assert whole.told == ((72.0, "The sound is back."),)
    assert whole.tally == LatenessHistogram(underruns=3)
    assert (whole.past.since, whole.lost) == (100.0, 0)


def test_one_that_broke_off_is_read_as_far_as_it_goes(path: Path) -> None:
    """A torn line is counted, an empty one isn't."""
    with journal(path):
        text = path.read_bytes()
    path.write_bytes(text[:-9] + b"\n\n")
    whole = read_complete(path)
    assert (whole.lost, len(whole.past.entries)) == (1, 2)


def test_counts_are_written_even_while_the_disk_was_full(path: Path) -> None:
    """A beat that has something to say waits in memory like a request."""
    with journal(path) as book:
        with full_disk(path.stat().st_size + 20):
            book.add(Seconds(74.0), LightsUp())
        book.beat(Seconds(75.0), LatenessHistogram(underruns=1))
        assert read_complete(path).tally.underruns == 1


def test_without_its_beginning_it_is_nothing(path: Path) -> None:
    """And that is said."""
    path.write_bytes(b"rubbish\n")
    with pytest.raises(JournalError, match="damaged"):
        read_complete(path)
