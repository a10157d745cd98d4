"""Record store: the folder of records, and the only code that writes or removes them.

Only files whose names match the records' pattern are touched, and never links.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import ValidationError

from kacenv.core.errors import RecordError
from kacenv.core.plain_text import cleaned_tree
from kacenv.session.records.builder import RecordBundle
from kacenv.session.records.html_page import page_of
from kacenv.session.records.record_text import music_text
from kacenv.session.records.session_record import RecordCard, SessionRecord
from kacenv.system.atomic_write import atomic_write
from kacenv.system.paths import state_folder
from kacenv.system.timestamps import is_day

PAGE, DATA, MUSIC = ".html", ".json", "-music.txt"
PARTS: Final = (PAGE, MUSIC, DATA)
"""File suffixes in the order of writing: if the last is there, all are."""
ID: Final = re.compile(r"[0-9a-f]{8}")
_NAME: Final = re.compile(
    r"(?P<room>[a-z0-9]+(?:-[a-z0-9]+)*)-(?P<day>\d{4}-\d{2}-\d{2})-(?P<id>[0-9a-f]{8})"
    r"(?P<part>\.html|\.json|-music\.txt)(?P<new>\.new)?"
)


class RecordRef(NamedTuple):
    """Key of a stored record."""

    room: str
    day: str
    id: str

    def name(self, part: str) -> str:
        """Return the name of one of its files."""
        return f"{self.room}-{self.day}-{self.id}{part}"


class RecordFile(NamedTuple):
    """File of a record; `new` if half written."""

    kept: RecordRef
    part: str
    new: bool
    name: str


class RecordStore:
    """Records in `folder`, which needn't exist yet."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or state_folder() / "records"

    def put(self, bundle: RecordBundle, at: float | None = None) -> RecordRef:
        """Write a session's record; writing it again has the same result.

        Its files get the modification time `at` (Unix time), when the session was last alive.

        Raises:
            OSError: It can't be written; partial files are removed.
            RecordError: A copy with another date, from before the clock was set, can't be removed.
        """
        record = _readable(bundle.record)
        bundle = bundle._replace(record=record)
        kept = RecordRef(record.room, record.date, record.id)
        texts = {
            PAGE: page_of(bundle),
            MUSIC: music_text(record),
            DATA: record.model_dump_json(indent=2) + "\n",
        }
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._open() as folder:
            for part in PARTS:
                _write(folder, kept.name(part), texts[part].encode(), at)
            os.fsync(folder)
        self.take(one for one in self.files() if _is_again(one.kept, kept))
        return kept

    def kept(self, room: str | None = None) -> list[RecordRef]:
        """Return all records, or one room's, the newest last.

        Raises:
            RecordError: The folder may not be read.
        """
        found = [one.kept for one in self.files() if one.part == DATA and not one.new]
        return sorted((kept for kept in found if room in {None, kept.room}), key=self._when)

    def _when(self, kept: RecordRef) -> tuple[str, float]:
        try:
            return kept.day, (self.folder / kept.name(DATA)).lstat().st_mtime
        except OSError:
            return kept.day, 0.0

    def find(self, id_: str) -> RecordRef:
        """Return the record with this id.

        Raises:
            RecordError: There is none.
        """
        for kept in self.kept():
            if kept.id == id_:
                return kept
        raise RecordError(
            f"There is no record {id_[:20]}. To see which there are: kacenv record list"
        )

    def text(self, kept: RecordRef, part: str) -> str:
        """Return the text of one of a record's files.

        Raises:
            RecordError: It is gone, or can't be read.
        """
        try:
            with self._open() as folder:
                file = os.open(kept.name(part), os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)
                with os.fdopen(file, encoding="utf-8") as text:
                    return text.read()
        except (OSError, ValueError) as error:
            raise RecordError(f"The record {kept.id} can't be read: {_why(error)}.") from error

    def read(self, kept: RecordRef) -> SessionRecord:
        """Return a record's data.

        Raises:
            RecordError: It can't be read.
        """
        text = self.text(kept, DATA)
        try:
            return SessionRecord.model_validate_json(text)
        except ValidationError as error:
            raise RecordError(
                f"A newer kacenv has written the record {kept.id}; this one can't read it. Its "
                f"page can be opened all the same: {kept.name(PAGE)}"
                if _is_newer(text)
                else f"The record {kept.id} is damaged. Its page may be whole: {kept.name(PAGE)}"
            ) from error

    def card(self, kept: RecordRef) -> RecordCard:
        """Return a record's summary for a list.

        Raises:
            RecordError: It can't be read.
        """
        record = self.read(kept)
        return RecordCard.model_validate(record.model_dump(include=set(RecordCard.model_fields)))

    def cards(self, room: str | None = None) -> list[tuple[RecordRef, RecordCard | None]]:
        """Return all records, or one room's, each with its summary; None for a damaged one.

        Raises:
            RecordError: The folder may not be read.
        """
        found: list[tuple[RecordRef, RecordCard | None]] = []
        for kept in self.kept(room):
            card = None
            with suppress(RecordError):
                card = self.card(kept)
            found.append((kept, card))
        return found

    def promised(self, kept: RecordRef) -> str | None:
        """Return the last day that the record itself states; None for a damaged one."""
        try:
            return self.read(kept).kept_until
        except RecordError:
            return None

    def remove(self, kept: RecordRef) -> None:
        """Remove a record.

        Raises:
            RecordError: It can't be removed.
        """
        self.take(one for one in self.files() if one.kept == kept)

    def take(self, files: Iterable[RecordFile]) -> int:
        """Remove files, and return their number.

        Raises:
            RecordError: One of them can't be removed.
        """
        count = 0
        try:
            for one in files:
                with self._open() as folder, suppress(FileNotFoundError):
                    os.unlink(one.name, dir_fd=folder)
                    count += 1
        except OSError as error:
            raise RecordError(f"A record can't be removed: {_why(error)}.") from error
        return count

    def files(self) -> Iterator[RecordFile]:
        """Yield the records' files; neither links nor folders, whatever their names.

        Raises:
            RecordError: The folder may not be read.
        """
        try:
            with self._open() as folder, os.scandir(folder) as entries:
                files = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
        except FileNotFoundError:
            return
        except OSError as error:
            raise RecordError(
                f"The records in {self.folder} can't be read: {_why(error)}. "
                "Ask as the user that runs the room, e.g.: sudo kacenv record"
            ) from error
        for name in files:
            match = _NAME.fullmatch(name)
            if match and is_day(match["day"]):
                kept = RecordRef(match["room"], match["day"], match["id"])
                yield RecordFile(kept, match["part"], match["new"] is not None, name)

    @contextmanager
    def _open(self) -> Iterator[int]:
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            yield folder
        finally:
            os.close(folder)


def _readable(record: SessionRecord) -> SessionRecord:
    """Return a record whose texts, which its pages and whoever reads them show, are plain."""
    return SessionRecord.model_validate(cleaned_tree(record.model_dump()))


def _is_again(one: RecordRef, other: RecordRef) -> bool:
    """Return True if both are of one session, with different dates as the clock was set."""
    return one != other and (one.room, one.id) == (other.room, other.id)


def _is_newer(text: str) -> bool:
    """Tell whether a record has a form that this program doesn't know yet."""
    try:
        return bool(json.loads(text)["format"] > SessionRecord.model_fields["format"].default)
    except (ValueError, LookupError, TypeError, RecursionError):
        return False


def _write(folder: int, name: str, content: bytes, at: float | None) -> None:
    with atomic_write(Path(name), draft=f"{name}.new", folder=folder) as file:
        file.write(content)
        file.flush()
        if at is not None:
            os.utime(file.fileno(), (at, at))
        os.fsync(file.fileno())


def _why(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
