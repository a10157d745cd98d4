"""Record of a past session: as planned, and as it went."""

from kacenv.record.cabinet import Cabinet, Kept
from kacenv.record.clerk import Clerk, write_record
from kacenv.record.expiry import Expiry
from kacenv.record.gather import Account, account_of
from kacenv.record.keeper import SETTLED, Keeper
from kacenv.record.model import SessionRecord
from kacenv.record.waiting import forget

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
