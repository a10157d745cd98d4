"""Cache of measurements in one SQLite file."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Final, NamedTuple, Self

from kacenv.analysis.measurement import FIELDS, Measurement
from kacenv.core.errors import KacenvError

ENVIRONMENT: Final = "KACENV_CACHE"
VERSION: Final = 4
"""Version of the tables and of the measurement; files of another version are measured again."""
_TIMEOUT: Final = 30.0
"""Timeout (s) for the lock of another scan."""
_NOT_ITS_FAULT: Final = frozenset(
    {
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY),
        *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR),
        *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM),
    }
)
"""Errors of the disk or its permissions; any other means that the cache is damaged."""
_COLUMNS: Final = ", ".join(FIELDS)
_TABLES: Final = f"""
CREATE TABLE sounds (content BLOB PRIMARY KEY, {_COLUMNS});
CREATE TABLE files (path BLOB PRIMARY KEY, size, changed, content BLOB NOT NULL);
PRAGMA user_version = {VERSION};
"""
_ALL: Final = f"SELECT path, size, changed, {_COLUMNS} FROM files JOIN sounds USING (content)"  # noqa: S608 - nothing from outside


_NEWER: Final = (
    "A newer kacenv has measured this machine's music; this one can't use that, and leaves it as "
    "it is. Install the newer kacenv again, or measure once more in another folder: "
    f"{ENVIRONMENT}=/a/folder kacenv music scan"
)


class FileStamp(NamedTuple):
    """Signature of a file for detecting changes: size (bytes) and modification time (ns)."""

    size: int
    changed: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the signature of the file at `path`.

        Raises:
            OSError: It can't be reached.
        """
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns)


class KnownMeasurements:
    """Snapshot of the cached measurements; lookups open no file."""

    def __init__(self, sounds: dict[bytes, tuple[FileStamp, Measurement]] | None = None) -> None:
        self._sounds = sounds or {}

    def before(self, path: Path) -> Measurement | None:
        """Return the last measurement of the file at `path`, even if it has changed since."""
        _, sound = self._sounds.get(os.fsencode(path), (None, None))
        return sound

    def find(self, path: Path) -> Measurement | None:
        """Return the measurement of the file at `path`; None if missing or outdated."""
        stamp, sound = self._sounds.get(os.fsencode(path), (None, None))
        try:
            return sound if stamp is not None and stamp == FileStamp.of(path) else None
        except OSError:
            return None


def cache_folder() -> Path:
    """Return `KACENV_CACHE`, else `/var/cache/kacenv` for root, else the user's cache folder."""
    if named := os.environ.get(ENVIRONMENT):
        return Path(named)
    if os.geteuid() == 0:
        return Path("/var/cache/kacenv")
    own = os.environ.get("XDG_CACHE_HOME")
    return (Path(own) if own else Path.home() / ".cache") / "kacenv"


def known_measurements(folder: Path | None = None) -> KnownMeasurements:
    """Read the cache; return an empty snapshot if it is missing or unreadable."""
    file = (folder or cache_folder()).resolve() / "music.sqlite"
    if not file.is_file():
        return KnownMeasurements()
    try:
        with read_only(file) as reader:
            return KnownMeasurements(_read_all(reader) if version_of(reader) == VERSION else None)
    except (sqlite3.Error, UnicodeError, OSError):
        return KnownMeasurements()


class MeasurementCache:
    """Cache opened for a scan; measurements are committed one by one.

    Raises:
        KacenvError: Its folder can't be written to.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = (folder or cache_folder()).resolve() / "music.sqlite"
        self.rebuilt = False
        """True if the cache was damaged and has been emptied."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._base = self._open()
        except (OSError, sqlite3.Error) as error:
            raise self._refusal(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    def known(self) -> KnownMeasurements:
        """Return all measurements so far."""
        return KnownMeasurements(_read_all(self._base))

    def of_content(self, content: bytes) -> Measurement | None:
        """Return the measurement of a file with this content hash, under any path."""
        query = f"SELECT {_COLUMNS} FROM sounds WHERE content = ?"  # noqa: S608 - nothing from outside
        row = self._base.execute(query, (content,)).fetchone()
        return _sound(row) if row else None

    def keep(self, path: Path, stamp: FileStamp, content: bytes, sound: Measurement) -> None:
        """Commit a measurement.

        Raises:
            KacenvError: The cache can't be written to.
        """
        values = [getattr(sound, name) for name in FIELDS]
        marks = ", ".join("?" * len(FIELDS))
        try:
            with self._base:
                self._base.execute(
                    f"INSERT OR REPLACE INTO sounds VALUES (?, {marks})",  # noqa: S608 - only marks
                    (content, *values),
                )
                self._base.execute(
                    "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)",
                    (os.fsencode(path), *stamp, content),
                )
        except sqlite3.Error as error:
            raise self._refusal(error) from error

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except (sqlite3.DatabaseError, UnicodeError) as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_ITS_FAULT:
                raise
        self.rebuilt = True
        self._remove()
        return self._connect()

    def _connect(self) -> sqlite3.Connection:
        base = sqlite3.connect(self._file, timeout=_TIMEOUT)
        try:
            _prepare(base)
        except BaseException:
            base.close()
            raise
        return base

    def _remove(self) -> None:
        for end in ("", "-journal", "-wal", "-shm"):
            self._file.with_name(self._file.name + end).unlink(missing_ok=True)

    def _refusal(self, error: Exception) -> KacenvError:
        return KacenvError(
            f"What is measured can't be kept in {self._file.parent}: {error}."
            f" Give another folder: {ENVIRONMENT}=/a/folder kacenv music scan"
        )


def read_only(file: Path) -> AbstractContextManager[sqlite3.Connection]:
    """Open a SQLite file for reading; it is closed at the end.

    Raises:
        sqlite3.Error: It can't be opened.
    """
    return closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True))


def version_of(base: sqlite3.Connection) -> int:
    """Return the version of a file's tables."""
    (version,) = base.execute("PRAGMA user_version").fetchone()
    return int(version)


def _prepare(base: sqlite3.Connection) -> None:
    """Check that all can be read and written; begin anew where an older version wrote.

    Raises:
        KacenvError: A newer version wrote, and nothing of it is touched.
    """
    (state,) = base.execute("PRAGMA quick_check(1)").fetchone()
    if state != "ok":
        raise sqlite3.DatabaseError(state)
    base.execute("BEGIN IMMEDIATE").connection.rollback()
    if version_of(base) == VERSION:
        _read_all(base)
        return
    if version_of(base) > VERSION:
        raise KacenvError(_NEWER)
    base.executescript(
        f"BEGIN; DROP TABLE IF EXISTS sounds; DROP TABLE IF EXISTS files; {_TABLES} COMMIT;"
    )


def _read_all(base: sqlite3.Connection) -> dict[bytes, tuple[FileStamp, Measurement]]:
    return dict(_rows(base))


def _rows(base: sqlite3.Connection) -> Iterator[tuple[bytes, tuple[FileStamp, Measurement]]]:
    for path, size, changed, *row in base.execute(_ALL):
        sound = _sound(row)
        if sound is not None:
            yield path, (FileStamp(size, changed), sound)


def _sound(row: list[float | None]) -> Measurement | None:
    """Convert a row to a measurement; None for implausible values."""
    try:
        return Measurement(*row)  # type: ignore[arg-type]  # Sound itself checks each figure
    except (ValueError, TypeError):
        return None
