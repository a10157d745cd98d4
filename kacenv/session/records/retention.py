"""Retention policy: removes old records and journals, unless the clock may be wrong."""

import json
import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from kacenv.core.units import Days, Seconds
from kacenv.model.room import Records
from kacenv.session.records.pending_journals import leftovers
from kacenv.session.records.store import RecordFile, RecordRef, RecordStore
from kacenv.system.timestamps import Timestamp, day_after, day_of, passed

STRANGERS: Final = Records().keep
"""Retention of other rooms' files that don't state one themselves (days)."""
_A_DAY: Final = Seconds(82_800.0)
"""Least time between two daily runs, one of which may be early (seconds)."""
_log = logging.getLogger(__name__)


class _Expired(NamedTuple):
    """Files past their retention, by today's date."""

    records: Mapping[str, RecordFile]
    journals: Mapping[str, Path]


class RetentionPolicy:
    """Removes old records of any room, and old journals without a record.

    `room` keeps its own for `keep`. A date alone removes nothing, as a clock may be set wrong:
    either the clock is synchronised, or the file has been old for a day by the machine's uptime.
    """

    def __init__(self, store: RecordStore, room: str, keep: Days) -> None:
        self._store, self._room, self._keep = store, room, keep
        self._folder = store.folder.parent
        self._notes = self._folder / f"{room}.old"

    def remove_expired(
        self, now: Timestamp, *, is_certain: bool, spare: Collection[RecordRef] = ()
    ) -> int:
        """Remove old files except those of `spare`, and return their number.

        Raises:
            RecordError: A record can't be removed.
            OSError: A journal can't be removed.
        """
        today = day_of(now)
        records = {one.name: one for one in self._records(today) if one.kept not in spare}
        old = _Expired(records, {path.name: path for path in self._journals(today)})
        seen = self._seen([*old.records, *old.journals], now)
        due = {name for name, since in seen.items() if is_certain or _is_long(since, now)}
        count = self._remove(old, due)
        self._note({name: since for name, since in seen.items() if name not in due})
        return count

    def _records(self, today: str) -> Iterator[RecordFile]:
        until: dict[RecordRef, str] = {}
        for one in self._store.files():
            if one.kept not in until:
                until[one.kept] = self._last_day(one.kept)
            if (one.new and one.kept.room == self._room) or until[one.kept] < today:
                yield one

    def _last_day(self, kept: RecordRef) -> str:
        """Return the earlier of the record's own last day and that by the room's setting now."""
        by_setting = day_after(kept.day, self._days(kept.room))
        promised = self._store.promised(kept)
        if promised is None:
            return by_setting
        return min(promised, by_setting) if kept.room == self._room else promised

    def _days(self, room: str) -> Days:
        return self._keep if room == self._room else max(self._keep, STRANGERS)

    def _journals(self, today: str) -> Iterator[Path]:
        """Yield journals past their retention, except the one that may be written to."""
        for room, path in leftovers(self._folder, self._room):
            with suppress(FileNotFoundError):
                day = day_of(Timestamp("", 0.0, path.stat().st_mtime))
                if day_after(day, self._days(room)) < today:
                    yield path

    def _seen(self, names: Collection[str], now: Timestamp) -> dict[str, Timestamp]:
        """Return the time since which each file has been seen to be old."""
        try:
            noted = json.loads(self._notes.read_bytes())
            seen = {name: Timestamp(*noted[name]) for name in names if name in noted}
        except (OSError, ValueError, TypeError):
            seen = {}
        return {name: seen.get(name, now) for name in names}

    def _remove(self, old: _Expired, due: Collection[str]) -> int:
        count = self._store.take(one for name, one in old.records.items() if name in due)
        for name, path in old.journals.items():
            if name in due:
                path.unlink(missing_ok=True)
                count += 1
        return count

    def _note(self, seen: Mapping[str, Timestamp]) -> None:
        """Save the names of old files until a clock can be trusted."""
        if seen:
            _log.info("%d old files wait: the clock may be wrong", len(seen))
            self._notes.write_text(json.dumps(seen), encoding="ascii")
        else:
            self._notes.unlink(missing_ok=True)


def _is_long(since: Timestamp, now: Timestamp) -> bool:
    return passed(since, now).span >= _A_DAY
