"""Journal: a write-ahead log of all that decides a session's future."""

from kacenv.session.journal.line_codec import VERSION
from kacenv.session.journal.reader import CompleteJournal, read_complete
from kacenv.session.journal.unfinished import ResumableSession, UnfinishedSession, read, unfinished
from kacenv.session.journal.writer import Journal

__all__ = [
    "VERSION",
    "CompleteJournal",
    "Journal",
    "ResumableSession",
    "UnfinishedSession",
    "read",
    "read_complete",
    "unfinished",
]
