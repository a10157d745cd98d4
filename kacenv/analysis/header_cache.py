"""Cache of what sound files say of themselves, by path, size and modification time.

It stands in for verdicts that aren't made yet; where there is one, nobody asks for the header.
"""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kacenv.analysis.measurement_cache import FileStamp, cache_folder, read_only, version_of
from kacenv.analysis.tags import TAG_FIELDS, UNTAGGED, Tags
from kacenv.core.units import Seconds

VERSION: Final = 2
"""Version of the table and of the reading of headers; others are read again."""
_COLUMNS: Final = ", ".join(("path", "size", "changed", "length", *TAG_FIELDS))
_TABLE: Final = f"""
DROP TABLE IF EXISTS headers;
CREATE TABLE headers ({_COLUMNS}, PRIMARY KEY (path));
PRAGMA user_version = {VERSION};
"""


@dataclass(frozen=True, slots=True)
class Header:
    """Length that a sound file promises, and its tags."""

    length: Seconds
    tags: Tags = UNTAGGED


class Headers:
    """Cached headers; `folder` holds the cache, None for no cache.

    Failures of the cache are ignored: the headers are read again the next time.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = folder.resolve() / "headers.sqlite" if folder else None
        self._kept: dict[bytes, tuple[FileStamp, Header]] | None = None
        self._new: dict[bytes, tuple[FileStamp, Header]] = {}

    @property
    def _known(self) -> dict[bytes, tuple[FileStamp, Header]]:
        """Return the kept headers; a house whose music all has verdicts never reads them."""
        if self._kept is None:
            self._kept = _read_all(self._file) if self._file else {}
        return self._kept

    def find(self, path: Path) -> Header:
        """Return the header of the file at `path`.

        Raises:
            DeviceError: It isn't a sound file, or is damaged; the message says what it is.
            OSError: It can't be reached.
        """
        name, stamp = os.fsencode(path), FileStamp.of(path)
        was, header = self._known.get(name, (None, None))
        if header is None or was != stamp:
            header = _read(path)
            self._known[name] = self._new[name] = stamp, header
        return header

    def keep(self) -> None:
        """Write new headers to the cache, if possible."""
        if self._file is None or not self._new:
            return
        rows = [
            (name, *stamp, header.length, *(getattr(header.tags, tag) for tag in TAG_FIELDS))
            for name, (stamp, header) in self._new.items()
        ]
        with suppress(sqlite3.Error, OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                _write(self._file, rows)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                self._file.unlink()  # it is damaged, and nothing is lost
                _write(self._file, rows)
        self._new.clear()


def kept_headers() -> Headers:
    """Return the headers of the cache folder."""
    return Headers(cache_folder())


def _read(path: Path) -> Header:
    from kacenv.analysis.sound_header import header_of, length_of, opened  # noqa: PLC0415 - takes time

    with opened(str(path.resolve())) as sound:
        return Header(length_of(sound), header_of(str(path), sound).tags)


def _read_all(file: Path) -> dict[bytes, tuple[FileStamp, Header]]:
    if not file.is_file():
        return {}
    try:
        with read_only(file) as base:
            if version_of(base) != VERSION:
                return {}
            rows = base.execute(f"SELECT {_COLUMNS} FROM headers")  # noqa: S608 - nothing from outside
            return {
                path: (FileStamp(size, changed), Header(Seconds(float(length)), Tags(*tags)))
                for path, size, changed, length, *tags in rows
            }
    except (sqlite3.Error, UnicodeError, OSError, ValueError, TypeError):
        return {}


def _write(file: Path, rows: Sequence[tuple[object, ...]]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    with closing(sqlite3.connect(file, timeout=1.0)) as base:
        if version_of(base) > VERSION:
            return  # a newer kacenv's, which it shall find again
        if version_of(base) != VERSION:
            base.executescript(_TABLE)
        with base:
            base.executemany(f"INSERT OR REPLACE INTO headers VALUES ({marks})", rows)  # noqa: S608 - only marks
