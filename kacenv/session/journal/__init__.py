"""Journal: a write-ahead log of all that decides a session's future."""

from kacenv.session.journal.line_codec import VERSION
from kacenv.session.journal.reader import Whole, read_whole
from kacenv.session.journal.unfinished import Past, Return, read, unfinished
from kacenv.session.journal.writer import Journal

__all__ = ["VERSION", "Journal", "Past", "Return", "Whole", "read", "read_whole", "unfinished"]
