"""Reader of the journal of a session that is over."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from kacenv.core.errors import JournalError
from kacenv.core.units import Seconds
from kacenv.model.dropout import Dropout, merged
from kacenv.session.journal.line_codec import JournalLine, read_line
from kacenv.session.journal.unfinished import UnfinishedSession, refuse_newer, unfinished_session_of
from kacenv.session.lateness import LatenessHistogram
from kacenv.system.regular_file import read_regular
from kacenv.system.timestamps import Timestamp


class ToldLine(NamedTuple):
    """Staff message, and its time by the engine's clock."""

    at: Seconds
    text: str


class CompleteJournal(NamedTuple):
    """All that a journal has of a session.

    `run` identifies the session: eight hexadecimal digits, the same whenever the journal is read.
    `lost` counts unreadable lines.
    """

    run: str
    past: UnfinishedSession
    begun: Timestamp
    told: tuple[ToldLine, ...]
    tally: LatenessHistogram
    dropouts: tuple[Dropout, ...]
    """Gaps in the sound, by the engine's clock."""
    lost: int


def read_complete(path: Path) -> CompleteJournal:
    """Read the journal at `path` of a session that is over.

    Raises:
        JournalError: Its beginning is lost, or a newer kacenv has written it.
        OSError: It can't be read.
    """
    lines = [line for line in read_regular(path).splitlines() if line.strip()]
    records = [record for line in lines if (record := read_line(line))]
    if len(records) < len(lines):
        refuse_newer(lines)
    first = next((record for record in records if record.base is not None), None)
    if first is None:
        raise JournalError("The journal of the session is damaged; no record can be made of it.")
    past = unfinished_session_of(records)
    return CompleteJournal(
        run=_run_of(lines),
        past=past,
        begun=first.stamp,
        told=tuple(ToldLine(record.at, record.told) for record in records if record.told),
        tally=_sum(records),
        dropouts=tuple(merged(record.dropout for record in records if record.dropout)),
        lost=max(past.lost, len(lines) - len(records)),
    )


def _run_of(lines: Iterable[bytes]) -> str:
    """Return the hash of the session's first line, which has the machine's clocks to a nanosecond.

    A random id would differ at each try to write the same record.
    """
    first = next(line for line in lines if (record := read_line(line)) and record.base is not None)
    return hashlib.sha256(first).hexdigest()[:8]


def _sum(records: Iterable[JournalLine]) -> LatenessHistogram:
    total = LatenessHistogram()
    for record in records:
        total = total.plus(record.tally) if record.tally is not None else total
    return total
