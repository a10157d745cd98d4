"""A journal with a session in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.sessions import a_phase, a_room, a_timeline

from kacenv.core.units import Seconds
from kacenv.engine.replay import JournaledRequest
from kacenv.engine.state import State
from kacenv.model.requests import Hold, Release, Start
from kacenv.session.journal import Journal, UnfinishedSession, read
from kacenv.system.timestamps import Timestamp

ROOM = a_room()
BEGIN = Start(a_timeline(a_phase("onset"), a_phase("return")))
NOW = Timestamp("boot", 100.0, 1_800_000_000.0)
TOLD = [
    JournaledRequest(Seconds(0.0), BEGIN),
    JournaledRequest(Seconds(60.5), Hold()),
    JournaledRequest(Seconds(70.25), Release()),
]


def past_of(path: Path) -> UnfinishedSession:
    """What the journal of a session that broke off tells."""
    past = read(path)
    assert past is not None
    return past


@contextmanager
def journal(path: Path) -> Iterator[Journal]:
    """A journal that has noted a session with a hold in it."""
    book = Journal(path, lambda: NOW)
    try:
        book.begin(Seconds(0.0), State(room=ROOM), BEGIN)
        for entry in TOLD[1:]:
            book.add(*entry)
        yield book
    finally:
        book.close()
