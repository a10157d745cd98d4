"""Record of a past session: as planned, and as it went."""

from kacenv.session.records.builder import RecordBundle, build_record
from kacenv.session.records.pending_journals import forget
from kacenv.session.records.record_worker import SETTLED, RecordWorker
from kacenv.session.records.record_writer import RecordWriter, write_record
from kacenv.session.records.retention import RetentionPolicy
from kacenv.session.records.session_record import SessionRecord
from kacenv.session.records.store import RecordRef, RecordStore

__all__ = [
    "SETTLED",
    "RecordBundle",
    "RecordRef",
    "RecordStore",
    "RecordWorker",
    "RecordWriter",
    "RetentionPolicy",
    "SessionRecord",
    "build_record",
    "forget",
    "write_record",
]
