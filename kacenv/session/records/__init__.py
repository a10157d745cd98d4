"""Record of a past session: as planned, and as it went."""

from kacenv.session.records.builder import Account, account_of
from kacenv.session.records.pending_journals import forget
from kacenv.session.records.record_writer import Clerk, write_record
from kacenv.session.records.retention import Expiry
from kacenv.session.records.session_record import SessionRecord
from kacenv.session.records.store import Cabinet, Kept
from kacenv.session.records.worker_thread import SETTLED, Keeper

__all__ = [
    "SETTLED",
    "Account",
    "Cabinet",
    "Clerk",
    "Expiry",
    "Keeper",
    "Kept",
    "SessionRecord",
    "account_of",
    "forget",
    "write_record",
]
