"""The record: what a session was, as planned and as it went, for afterwards."""

from kacenv.record.gather import Account, account_of
from kacenv.record.keeper import SETTLED, Keeper, write_record
from kacenv.record.model import SessionRecord
from kacenv.record.shelf import Kept, Shelf

__all__ = [
    "SETTLED",
    "Account",
    "Keeper",
    "Kept",
    "SessionRecord",
    "Shelf",
    "account_of",
    "write_record",
]
