"""Location of a playlist's files below the folders of music, by every reading of their names."""

import os
import posixpath
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from kacenv.config.playlists.entry import PlaylistEntry
from kacenv.config.playlists.list_text import legible
from kacenv.config.playlists.location_kinds import (
    LocationKind,
    kind_of_location,
    place_to_write,
)
from kacenv.config.playlists.readings import LONGEST_PATH, Reading, readings
from kacenv.config.yaml.text_files import any_of, near, shown, siblings

_LONGEST: Final = 200
"""Most characters of a location in messages."""


class LocationError(Exception):
    """Location that can't be used: what was found, what was expected, and perhaps an example."""


class NoFileError(LocationError):
    """Location that leads to no file, or to one outside."""


class LocatedFile(NamedTuple):
    """Sound file of a playlist's entry."""

    path: Path
    """Real path, without links."""
    place: str
    """Path as the playlist means it: from the folder that it was found in, or absolute."""
    encoding: str = ""
    """Encoding of the name as written, where it isn't UTF-8."""
    moved: bool = False
    """True if only the last folders of a path from elsewhere led to it."""


class FileLocator:
    """Finds the files of one playlist below `roots`, and nowhere else."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = [str(root) for root in roots]
        self._names: dict[tuple[str, bool], dict[str, list[str]]] = {}
        self._moved: dict[Path, str] = {}

    def find(self, entry: PlaylistEntry) -> LocatedFile:
        """Return the file of `entry`: that of its first location that leads to one.

        Raises:
            LocationError: None does, or one leads to several; nothing is guessed.
        """
        if not entry.file:
            title = f"“{_short(entry.title)}”, " if entry.title else ""
            raise LocationError(f"{title}a track without a file", "the name of a sound file")
        outside = False
        for location in (entry.file, *entry.others):
            meant = _meant(location, foreign=entry.foreign)
            found = self._found([one for one in meant if not one.moved], any_case=entry.foreign)
            whole = self._inside(found)
            if whole and not whole[0].place.startswith("/"):
                return self._only(location, whole)
            found += self._found([one for one in meant if one.moved], any_case=entry.foreign)
            inside = self._inside(found)
            if inside:
                return _carried(self._only(location, whole or inside), inside)
            outside = outside or bool(found)
        raise self._refusal(_short(entry.file), outside=outside)

    def _found(self, meant: Sequence[Reading], *, any_case: bool) -> list[LocatedFile]:
        """Return the first file that each reading leads to, also those outside."""
        found: list[LocatedFile] = []
        for reading in meant:
            try:
                found += self._exact(reading) or self._alike(reading, any_case=any_case)
            except (OSError, ValueError):
                continue  # no file can have such a name
        return found

    def _inside(self, found: Sequence[LocatedFile]) -> list[LocatedFile]:
        return [one for one in found if self._holds(str(one.path))]

    def _exact(self, reading: Reading) -> list[LocatedFile]:
        # For 5,000 tracks, pathlib would take three times as long to find them.
        paths = [os.path.realpath(os.path.join(root, reading.path)) for root in self._roots]  # noqa: PTH118 - ditto
        found = [path for path in paths if os.path.exists(path)]  # noqa: PTH110 - ditto
        inside = [path for path in found if self._holds(path)]
        return [LocatedFile(Path(path), *reading) for path in (inside or found)[:1]]

    def _alike(self, reading: Reading, *, any_case: bool) -> list[LocatedFile]:
        """Return files whose names differ in their Unicode form or, if `any_case`, in capitals.

        Those of the first root that has any.
        """
        parts = posixpath.normpath(reading.path).split("/")
        if not parts[0] or parts[0] == "..":
            return []
        for root in self._roots:
            places = [""]
            for part in parts:
                places = [
                    f"{place}{name}/"
                    for place in places
                    for name in self._named(f"{root}/{place}", part, any_case=any_case)
                ]
            if places:
                named = [place.rstrip("/") for place in places]
                paths = [os.path.realpath(f"{root}/{place}") for place in named]
                pairs = zip(paths, named, strict=True)
                return [LocatedFile(Path(path), place, *reading[1:]) for path, place in pairs]
        return []

    def _named(self, folder: str, name: str, *, any_case: bool) -> list[str]:
        key = folder, any_case
        if key not in self._names:
            listed = self._names[key] = {}
            for one in _listing(folder) if self._holds(os.path.realpath(folder)) else ():
                listed.setdefault(_folded(one, any_case=any_case), []).append(one)
        return self._names[key].get(_folded(name, any_case=any_case), [])

    def _holds(self, path: str) -> bool:
        return any(path == root or path.startswith(f"{root.rstrip('/')}/") for root in self._roots)

    def _only(self, location: str, found: list[LocatedFile]) -> LocatedFile:
        """Return the one file found, if it is one, and no other location has led to it."""
        one = found[0]
        if any(other.path != one.path for other in found):
            raise LocationError(*_several(location, found))
        if not one.path.is_file():
            raise LocationError(f"{_short(location)}, which isn't a file", "a sound file")
        if not _is_unicode(str(one.path)):
            found_name = f"{_short(location)}, a file whose name isn't UTF-8 text"
            raise LocationError(found_name, "a name that can be shown; rename the file")
        first = self._moved.setdefault(one.path, location) if one.moved else location
        if first != location:
            text = f"{_short(location)}, which leads to the same file here as {_short(first)}"
            raise LocationError(text, "a name for each file; name this one as it is called here")
        return one

    def _refusal(self, location: str, *, outside: bool) -> NoFileError:
        if outside:
            expected = f"a file inside {self._folders()}; copy the music there"
            return NoFileError(f"{location}, which lies outside the music's folders", expected)
        kind = kind_of_location(location)
        return self._of_kind(location, kind) if kind else self._nothing_there(location)

    def _of_kind(self, location: str, kind: LocationKind) -> NoFileError:
        name = place_to_write(location)
        alike = self._alike(Reading(name), any_case=True) if name and kind.copied else []
        example = alike[0].place if alike else name
        wanted = [f"file: {example}"] if example and kind.copied else []
        return NoFileError(f"{location}, {kind.name}", kind.way_out, *wanted)

    def _nothing_there(self, location: str) -> NoFileError:
        if "\0" in location:
            return NoFileError(location, "the name of a file that can be opened")
        path = Path(self._roots[0]) / location
        inside = self._holds(os.path.realpath(path.parent))
        if inside and (reason := _unreadable(path.parent)):
            found = f"{location}, in a folder that can't be read: {reason}"
            return NoFileError(found, "a folder that kacenv may read")
        names = siblings(path) if inside else []
        if not names:
            return NoFileError(f"no file {location}", f"a sound file in {self._folders()}")
        like = near(path.name, names)
        example = f"file: {Path(location).with_name(like)}" if like else ""
        expected = f"one of the files in {shown(path.parent)}: {any_of(names)}"
        return NoFileError(f"no file {location}", expected, example)

    def _folders(self) -> str:
        return " or ".join(shown(Path(root)) for root in self._roots)


def _carried(found: LocatedFile, ways: Sequence[LocatedFile]) -> LocatedFile:
    """Return the file with a place that leads to it on other machines, too, if there is one."""
    places = [one.place for one in ways if one.path == found.path]
    return found._replace(place=min(places, key=lambda place: place.startswith("/")))


def _meant(location: str, *, foreign: bool) -> tuple[Reading, ...]:
    """Return the readings of a location; in kacenv's own files, a path is meant as written."""
    if foreign:
        return readings(location)
    is_address = "://" in location and kind_of_location(location)
    return () if is_address or len(location) > LONGEST_PATH else (Reading(location),)


def _unreadable(folder: Path) -> str:
    """Return why the names in a folder can't be read; "" if they can, or if there is none."""
    try:
        os.scandir(folder).close()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        return error.strerror or ""
    return ""


def _listing(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            yield from (entry.name for entry in entries)
    except OSError:
        return


def _folded(name: str, *, any_case: bool) -> str:
    form = unicodedata.normalize("NFC", name)
    return unicodedata.normalize("NFC", form.casefold()) if any_case else form


def _is_unicode(path: str) -> bool:
    """Tell if a path can be written into records, pages and other files."""
    return path.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in path)


def _several(location: str, found: list[LocatedFile]) -> tuple[str, str]:
    places = any_of(sorted({shown(one.path) for one in found}))
    expected = "a name that leads to one file alone; rename the others, or name it in full"
    return f"{_short(location)}, which may be any of: {places}", expected


def _short(location: str) -> str:
    text = legible(location).strip()
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]}…{text[-half:]}"
