"""Reader of the journal of a session that broke off."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from kacenv.core.errors import JournalError, NewerJournalError
from kacenv.core.units import Seconds, format_seconds
from kacenv.engine.replay import GIVEN_UP_AFTER, JournaledRequest, is_on, replay
from kacenv.engine.state import State
from kacenv.engine.step import step
from kacenv.session.journal.line_codec import JournalLine, is_newer, read_line
from kacenv.system.regular_file import read_regular
from kacenv.system.timestamps import Timestamp, passed

_DAMAGED = (
    "The record of the session before is damaged; it can't be resumed. "
    "Start the scene again, and go to its phase with: kacenv next"
)
_OTHERS = (
    "The record of a session in the room {} is in the place of this room's own. It is put aside, "
    "and this room begins without it."
)


class UnfinishedSession(NamedTuple):
    """Session as far as it was recorded.

    The last record is at `since` of the engine's time, and at `stamp` of the machine's; `number`
    is the next record's, `lost` the number of unreadable ones.
    """

    base: State
    entries: tuple[JournaledRequest, ...]
    since: Seconds
    stamp: Timestamp
    number: int
    lost: int


class ResumableSession(NamedTuple):
    """Session to resume; `certain` unless no clock can be trusted with how long it was away."""

    past: UnfinishedSession
    certain: bool

    def time_at(self, now: Timestamp) -> Seconds:
        """Return the engine's time as if the session had never stopped."""
        return Seconds(self.past.since + passed(self.past.stamp, now).span)


def read(path: Path) -> UnfinishedSession | None:
    """Read the journal at `path`; None without one, or if its session has ended.

    A torn last line is normal after a power cut; damaged lines are skipped and counted.

    Raises:
        JournalError: It can't be read, its beginning is lost, or a newer kacenv has written it.
    """
    try:
        lines = read_regular(path).splitlines(keepends=True)
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
    return unfinished_session_of(records)


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


def unfinished(path: Path, room: str, now: Timestamp) -> ResumableSession | None:
    """Return the session of `room` to resume from the journal at `path`; None without one.

    Raises:
        JournalError: The session can't be resumed, is too old, or is another room's.
    """
    past = read(path)
    if past is None or not _was_on(past):
        return None
    if past.base.room.name != room:
        raise JournalError(_OTHERS.format(past.base.room.name))
    away = passed(past.stamp, now)
    if away.span > GIVEN_UP_AFTER:
        span = format_seconds(round(away.span, -2))
        raise JournalError(f"A session that broke off {span} ago is over; it isn't resumed.")
    return ResumableSession(past, away.certain)


def _was_on(past: UnfinishedSession) -> bool:
    try:
        return is_on(step(replay(past.base, past.entries), past.since).state)
    except Exception as error:
        raise JournalError(_DAMAGED) from error


def unfinished_session_of(records: list[JournalLine]) -> UnfinishedSession:
    """Build the past of a session from its journal's records.

    Raises:
        JournalError: The first record is missing.
    """
    first = next((record for record in records if record.base is not None), None)
    if first is None or first.base is None:
        raise JournalError(_DAMAGED)
    told = {record.number: record for record in records if record.request is not None}
    last = max(records, key=lambda record: record.at)
    number = max(record.number for record in records) + 1
    entries = tuple(
        JournaledRequest(told[n].at, request, told[n].request_id, told[n].refused)
        for n in sorted(told)
        if (request := told[n].request)
    )
    return UnfinishedSession(first.base, entries, last.at, last.stamp, number, number - len(told))
