"""Cache of verdicts, each with its measurement, in one SQLite file."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from kacenv.analysis.measurement import FIELDS, Measurement
from kacenv.analysis.tags import TAG_FIELDS, Tags
from kacenv.analysis.verdict import FORM_FIELDS, SoundFormat, Verdict
from kacenv.core.errors import KacenvError

ENVIRONMENT: Final = "KACENV_CACHE"
VERSION: Final = 5
"""Version of the tables and of the verdict; files of another version are looked at again. It
rises also with a version of FFmpeg that can decode more."""
_LOUDNESS_ALONE: Final = 4
"""Version that kept measurements without verdicts. They set levels until the next scan."""
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
_FIELDS: Final = (*FIELDS, "fault", *FORM_FIELDS, *TAG_FIELDS)
_COLUMNS: Final = ", ".join(_FIELDS)
_ANEW: Final = (
    "DROP TABLE IF EXISTS sounds",
    "DROP TABLE IF EXISTS files",
    f"CREATE TABLE sounds (content BLOB PRIMARY KEY, {_COLUMNS})",
    "CREATE TABLE files (path BLOB PRIMARY KEY, size, changed, content BLOB NOT NULL)",
    f"PRAGMA user_version = {VERSION}",
)
_ALL: Final = {
    version: f"SELECT path, size, changed, {columns} FROM files JOIN sounds USING (content)"  # noqa: S608 - nothing from outside
    for version, columns in ((VERSION, _COLUMNS), (_LOUDNESS_ALONE, ", ".join(FIELDS)))
}

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
    """Snapshot of the cached verdicts and their measurements; lookups open no file."""

    def __init__(self, verdicts: dict[bytes, tuple[FileStamp, Verdict]] | None = None) -> None:
        self._verdicts = verdicts or {}

    def before(self, path: Path) -> Measurement | None:
        """Return the last measurement of the file at `path`, even if it has changed since."""
        _, verdict = self._verdicts.get(os.fsencode(path), (None, None))
        return verdict.sound if verdict else None

    def verdict(self, path: Path) -> Verdict | None:
        """Return the verdict on the file at `path`; None if missing or outdated."""
        stamp, verdict = self._verdicts.get(os.fsencode(path), (None, None))
        try:
            return verdict if stamp is not None and stamp == FileStamp.of(path) else None
        except OSError:
            return None

    def find(self, path: Path) -> Measurement | None:
        """Return the measurement of the file at `path`; None if missing or outdated."""
        verdict = self.verdict(path)
        return verdict.sound if verdict else None


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
            return KnownMeasurements(_read_all(reader))
    except (sqlite3.Error, UnicodeError, OSError):
        return KnownMeasurements()


class MeasurementCache:
    """Cache opened for a scan; verdicts are committed one by one.

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
        """Return all verdicts so far."""
        return KnownMeasurements(_read_all(self._base))

    def of_content(self, content: bytes) -> Verdict | None:
        """Return the verdict on a file with this content hash, under any path."""
        query = f"SELECT {_COLUMNS} FROM sounds WHERE content = ?"  # noqa: S608 - nothing from outside
        row = self._base.execute(query, (content,)).fetchone()
        return _verdict(row) if row else None

    def keep(self, path: Path, stamp: FileStamp, content: bytes, verdict: Verdict) -> None:
        """Commit a verdict.

        Raises:
            KacenvError: The cache can't be written to.
        """
        values = row_of(verdict)
        marks = ", ".join("?" * len(values))
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


def row_of(verdict: Verdict) -> list[object]:
    """Return a verdict's columns, of which the first, the content, is left to the caller."""
    sound: list[object] = [getattr(verdict.sound, name, None) for name in FIELDS]
    form = [getattr(verdict.form, name) for name in FORM_FIELDS]
    return [*sound, verdict.fault, *form, *(getattr(verdict.tags, name) for name in TAG_FIELDS)]


def _prepare(base: sqlite3.Connection) -> None:
    """Check that all can be read and written; go on, or begin anew, where an older version wrote.

    Raises:
        KacenvError: A newer version wrote, and nothing of it is touched.
    """
    (state,) = base.execute("PRAGMA quick_check(1)").fetchone()
    if state != "ok":
        raise sqlite3.DatabaseError(state)
    base.execute("BEGIN IMMEDIATE").connection.rollback()
    version = version_of(base)
    if version > VERSION:
        raise KacenvError(_NEWER)
    if version == _LOUDNESS_ALONE:
        _add_columns(base)
    elif version != VERSION:
        _make_tables(base)
    _read_all(base)


def _make_tables(base: sqlite3.Connection) -> None:
    """Begin anew, unless another process was first: what that has kept stays."""
    with base:
        base.execute("BEGIN IMMEDIATE")
        if version_of(base) != VERSION:
            for statement in _ANEW:
                base.execute(statement)


def _add_columns(base: sqlite3.Connection) -> None:
    """Give measurements of an older version the columns of a verdict, which isn't made yet."""
    names, values = _FIELDS[len(FIELDS) :], row_of(Verdict())[len(FIELDS) :]
    with base:
        base.execute("BEGIN IMMEDIATE")
        if version_of(base) != _LOUDNESS_ALONE:
            return  # another process was first
        for name in names:
            base.execute(f"ALTER TABLE sounds ADD COLUMN {name}")
        base.execute(f"UPDATE sounds SET {' = ?, '.join(names)} = ?", values)  # noqa: S608 - names of fields
        base.execute(f"PRAGMA user_version = {VERSION}")


def _read_all(base: sqlite3.Connection) -> dict[bytes, tuple[FileStamp, Verdict]]:
    query = _ALL.get(version_of(base))
    return dict(_rows(base.execute(query))) if query else {}


def _rows(found: Iterable[list[Any]]) -> Iterator[tuple[bytes, tuple[FileStamp, Verdict]]]:
    for path, size, changed, *row in found:
        verdict = _verdict(row)
        if verdict is not None:
            yield path, (FileStamp(size, changed), verdict)


_SOUND: Final = slice(len(FIELDS))
_FAULT: Final = len(FIELDS)
_TYPES: Final = tuple(
    int if type(one) is bool else type(one) for one in row_of(Verdict())[len(FIELDS) :]
)
_FORM: Final = slice(_FAULT + 1, _FAULT + 1 + len(FORM_FIELDS))
_TAGS: Final = slice(_FAULT + 1 + len(FORM_FIELDS), len(_FIELDS))


def _verdict(row: list[Any]) -> Verdict | None:
    """Convert a row to a verdict; None for implausible values."""
    try:
        if len(row) == len(FIELDS):
            return Verdict(Measurement(*row))
        fault, form, tags = row[_FAULT], row[_FORM], row[_TAGS]
        if not all(type(one) is kind for one, kind in zip((fault, *form, *tags), _TYPES)):  # noqa: B905 - of the same length
            return None
        sound = None if fault else Measurement(*row[_SOUND])
        return Verdict(sound, fault, SoundFormat(*form), Tags(*tags))
    except (ValueError, TypeError):
        return None
