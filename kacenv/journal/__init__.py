"""Journal: a write-ahead log of all that decides a session's future."""

from kacenv.journal.book import Journal
from kacenv.journal.codec import VERSION
from kacenv.journal.past import Past, Return, read, unfinished
from kacenv.journal.whole import Whole, read_whole

__all__ = ["VERSION", "Journal", "Past", "Return", "Whole", "read", "read_whole", "unfinished"]
