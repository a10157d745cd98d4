"""What a journal tells of a session that broke off."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from kacenv.engine import State, step
from kacenv.errors import JournalError, NewerJournalError
from kacenv.journal.codec import Record, is_newer, read_line
from kacenv.recovery import GIVEN_UP_AFTER, Entry, fold, is_on
from kacenv.stamp import Passed, Stamp, passed
from kacenv.units import Seconds, format_seconds

_DAMAGED = (
    "The record of the session before is damaged; it can't be resumed. "
    "Start the scene again, and go to its phase with: kacenv next"
)


class Past(NamedTuple):
    """A session as far as it was written down.

    It was alive at `since` of the engine's time, which is `stamp` of the machine's; `number`
    is the next record's, `lost` how many before it can't be read.
    """

    base: State
    entries: tuple[Entry, ...]
    since: Seconds
    stamp: Stamp
    number: int
    lost: int


class Return(NamedTuple):
    """A session to come back to, and how long it has been away."""

    past: Past
    away: Passed


def read(path: Path) -> Past | None:
    """What the journal at `path` tells; None where there is none, or its session has ended.

    A torn end is what a power cut leaves; a damaged line is left out and counted.

    Raises:
        JournalError: It can't be read, its beginning is lost, or a newer kacenv has written it.
    """
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise JournalError(
            f"The record of the session before can't be read ({error.strerror}); "
            "it can't be resumed. Start the scene again, and go to its phase with: kacenv next"
        ) from error
    records = [record for line in lines if (record := read_line(line))]
    if len(records) < len(lines):
        refuse_newer(lines)
    if not lines or any(record.ended for record in records):
        return None
    return past_of(records)


def refuse_newer(lines: Iterable[bytes]) -> None:
    """Refuse a journal whose lines this kacenv can't know.

    Raises:
        NewerJournalError: A newer one has written them.
    """
    if any(map(is_newer, lines)):
        raise NewerJournalError(
            "A newer kacenv has written down the session before; this one can't resume it. "
            "Its journal is kept. To have it resumed or recorded, install the newer kacenv again. "
            "To go on without it, start the scene again, and go to its phase with: kacenv next"
        )


def unfinished(path: Path, now: Stamp) -> Return | None:
    """The session in the journal at `path` that is to be carried on, if there is one.

    Raises:
        JournalError: There is one that can't be, or is too old.
    """
    past = read(path)
    if past is None:
        return None
    away = passed(past.stamp, now)
    if not _was_on(past):
        return None
    if away.span > GIVEN_UP_AFTER:
        span = format_seconds(round(away.span, -2))
        raise JournalError(f"A session that broke off {span} ago is over; it isn't resumed.")
    return Return(past, away)


def _was_on(past: Past) -> bool:
    try:
        return is_on(step(fold(past.base, past.entries), past.since).state)
    except Exception as error:
        raise JournalError(_DAMAGED) from error


def past_of(records: list[Record]) -> Past:
    """What the records of a journal tell.

    Raises:
        JournalError: The beginning is not among them.
    """
    first = next((record for record in records if record.base is not None), None)
    if first is None or first.base is None:
        raise JournalError(_DAMAGED)
    told = {record.number: record for record in records if record.request is not None}
    last = max(records, key=lambda record: record.at)
    number = max(record.number for record in records) + 1
    entries = (Entry(told[n].at, request) for n in sorted(told) if (request := told[n].request))
    return Past(first.base, tuple(entries), last.at, last.stamp, number, number - len(told))
