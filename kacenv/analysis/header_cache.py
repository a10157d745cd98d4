"""Cache of sound file headers, by path, size and modification time."""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import mutagen

from kacenv.analysis.measurement_cache import FileStamp, cache_folder, read_only, version_of
from kacenv.analysis.tags import vocals_by_tag
from kacenv.core.units import Seconds

VERSION: Final = 2
"""Version of the table and of the reading of headers; others are read again."""
_TABLE: Final = f"""
DROP TABLE IF EXISTS headers;
CREATE TABLE headers (path BLOB PRIMARY KEY, size, changed, length, words);
PRAGMA user_version = {VERSION};
"""


@dataclass(frozen=True, slots=True)
class Header:
    """Length by a sound file's header, and its tag that suggests vocals."""

    length: Seconds
    words: str | None = None


class Headers:
    """Cached headers; `folder` holds the cache, None for no cache.

    Failures of the cache are ignored: the headers are read again the next time.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = folder.resolve() / "headers.sqlite" if folder else None
        self._known = _read_all(self._file) if self._file else {}
        self._new: dict[bytes, tuple[FileStamp, Header]] = {}

    def find(self, path: Path) -> Header:
        """Return the header of the file at `path`.

        Raises:
            ValueError: It isn't a sound file, or is damaged.
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
            (name, *stamp, header.length, header.words)
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
    try:
        sound = mutagen.File(path)
    except Exception as error:  # its parsers raise any type for a broken file
        raise ValueError(f"{path.name} is damaged") from error
    length = getattr(getattr(sound, "info", None), "length", 0.0)
    if not length or length <= 0:
        raise ValueError(f"{path.name} isn't a sound file")
    return Header(Seconds(float(length)), vocals_by_tag(path))


def _read_all(file: Path) -> dict[bytes, tuple[FileStamp, Header]]:
    if not file.is_file():
        return {}
    try:
        with read_only(file) as base:
            if version_of(base) != VERSION:
                return {}
            rows = base.execute("SELECT path, size, changed, length, words FROM headers")
            return {
                path: (FileStamp(size, changed), Header(Seconds(float(length)), words))
                for path, size, changed, length, words in rows
            }
    except (sqlite3.Error, UnicodeError, OSError, ValueError, TypeError):
        return {}


def _write(file: Path, rows: Sequence[tuple[object, ...]]) -> None:
    with closing(sqlite3.connect(file, timeout=1.0)) as base:
        if version_of(base) > VERSION:
            return  # a newer kacenv's, which it shall find again
        if version_of(base) != VERSION:
            base.executescript(_TABLE)
        with base:
            base.executemany("INSERT OR REPLACE INTO headers VALUES (?, ?, ?, ?, ?)", rows)
