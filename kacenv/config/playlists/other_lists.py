"""Readers of playlists that few players still write: PLS, WPL, ASX, JSPF, iTunes, cue sheets."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from kacenv.config.playlists.entry import PlaylistEntry
from kacenv.config.playlists.list_text import lines_of
from kacenv.config.playlists.xml_tree import XmlElement, xml_tree
from kacenv.core.errors import FileProblem, LoadError
from kacenv.core.units import Seconds

_PLS: Final = re.compile(r"\s*(file|title)(\d{1,18})\s*=(.*)", re.IGNORECASE)
_CUE: Final = re.compile(r"\s*(file|track|title|performer|index)\s+(.*)", re.IGNORECASE)
_CUE_FILE: Final = re.compile(r'"([^"]*)"|(.*\S)\s+\S+$|(.*)')
"""Name in quotes, or before the type, or alone."""
_INDEX: Final = re.compile(r"0*1\s+(\d{1,4}):(\d{1,2}):(\d{1,2})$")
_FRAMES: Final = 75
"""Frames of a CD in a second."""
_MEDIA: Final = frozenset({"media", "entry", "entryref"})
"""Elements of WPL and ASX that stand for a track, or for another list."""
_ITUNES_WAY: Final = "in iTunes or Music: File, Library, Export Playlist"


def _refuse(file: str, found: str, expected: str, line: int = 1) -> LoadError:
    return LoadError((FileProblem(file, line, 1, "", found, expected),))


def read_pls(text: str, file: str) -> list[PlaylistEntry]:
    """Read the entries of a PLS file; `file` names it in problems.

    Raises:
        LoadError: It isn't one.
    """
    lines = lines_of(text)
    if not any(line.strip().lower() == "[playlist]" for line in lines):
        raise _refuse(file, "no line [playlist]", "a PLS playlist; export it again, or as M3U8")
    files: list[tuple[int, int, str]] = []
    titles: dict[int, str] = {}
    for place, line in enumerate(lines, start=1):
        match = _PLS.match(line)
        if match and match[1].lower() == "file":
            files.append((int(match[2]), place, match[3]))
        elif match:
            titles[int(match[2])] = match[3].strip()
    return [
        _entry(location, titles.get(number, ""), "", place, count)
        for count, (number, place, location) in enumerate(sorted(files), start=1)
    ]


def read_media_xml(text: str, file: str) -> list[PlaylistEntry]:
    """Read the entries of Windows Media Player's WPL or ASX; `file` names it in problems.

    Raises:
        LoadError: It isn't XML, or declares entities (entity expansion attack).
    """
    root = xml_tree(text, file, "a Windows Media playlist")
    listed = [one for one in root.below() if one.name.lower() in _MEDIA]
    return [_of_media(one, number) for number, one in enumerate(listed, start=1)]


def _of_media(element: XmlElement, number: int) -> PlaylistEntry:
    """Return the entry of a `media`, or of an `entry`, of which one `ref` is as good as another."""
    references = [one for one in element.children if one.name.lower() == "ref"]
    places = references or [element]
    first, *others = [_attribute(one, "href") or _attribute(one, "src") for one in places]
    title = _attribute(element, "tracktitle") or _child(element, "title")
    artist = _attribute(element, "trackartist") or _child(element, "author")
    return replace(_entry(first, title, artist, places[0].line, number), others=tuple(others))


def _attribute(element: XmlElement, name: str) -> str:
    return next((text for key, text in element.attributes.items() if key.lower() == name), "")


def _child(element: XmlElement, name: str) -> str:
    return next((one.text for one in element.children if one.name.lower() == name), "")


def read_jspf(text: str, file: str) -> list[PlaylistEntry]:
    """Read the entries of JSPF, which is XSPF in JSON; `file` names it in problems.

    Raises:
        LoadError: It isn't JSPF.
    """
    try:
        tracks = json.loads(text)["playlist"]["track"]
        return [_of_json(track, number) for number, track in enumerate(tracks, start=1)]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        expected = "JSPF, as a music player exports it; export it again, or as M3U8"
        raise _refuse(file, "something that isn't JSPF", expected) from error


def _of_json(track: dict[str, Any], number: int) -> PlaylistEntry:
    listed = track.get("location") or []
    texts = [listed] if isinstance(listed, str) else [str(one) for one in listed if one]
    first, *others = texts or [""]
    title, artist = (str(track.get(key) or "") for key in ("title", "creator"))
    return replace(_entry(first, title, artist, 1, number), others=tuple(others))


def read_itunes(text: str, file: str) -> list[PlaylistEntry]:
    """Read the entries of a playlist that iTunes or Music exported as XML.

    Raises:
        LoadError: It isn't one, or is a whole library with several.
    """
    import plistlib  # noqa: PLC0415 - only such lists need it

    try:
        tree = plistlib.loads(text.encode("utf-8", "replace"), fmt=plistlib.FMT_XML)
        lists = [one["Playlist Items"] for one in tree["Playlists"] if one.get("Playlist Items")]
        known = tree["Tracks"]
        items = [known[str(item["Track ID"])] for one in lists[:1] for item in one]
        entries = [_of_itunes(item, number, text) for number, item in enumerate(items, start=1)]
    except Exception as error:  # plistlib's parser raises any type for a broken file
        expected = f"a playlist that iTunes exported ({_ITUNES_WAY}), or M3U8"
        raise _refuse(file, "XML that isn't a playlist of iTunes", expected) from error
    if len(lists) > 1:
        found = f"an iTunes library with {len(lists)} playlists"
        raise _refuse(file, found, f"one playlist alone; export it ({_ITUNES_WAY})")
    return entries


def _of_itunes(item: dict[str, Any], number: int, text: str) -> PlaylistEntry:
    location = str(item.get("Location", ""))
    at = text.find(location.replace("&", "&#38;"))
    line = text.count("\n", 0, max(at, 0)) + 1
    title, artist = (str(item.get(key) or "") for key in ("Name", "Artist"))
    begin, end = (_milliseconds(item.get(key)) for key in ("Start Time", "Stop Time"))
    return replace(_entry(location, title, artist, line, number), cue_in=begin, cue_out=end)


def _milliseconds(time: int | None) -> Seconds | None:
    return Seconds(time / 1000) if time else None


def read_cue(text: str, file: str) -> list[PlaylistEntry]:
    """Read the tracks of a cue sheet: parts of the sound files that it names.

    Raises:
        LoadError: It has no track, or tracks without a place (INDEX 01).
    """
    sheet = _CueSheet()
    for number, line in enumerate(lines_of(text), start=1):
        match = _CUE.match(line)
        if match:
            sheet.add(match[1].lower(), match[2].strip(), number)
    if not sheet.entries and not sheet.unplaced:
        raise _refuse(file, "no track with its place (INDEX 01)", "a whole cue sheet, or M3U8")
    if sheet.unplaced:
        raise LoadError(tuple(sheet.problems(file)))
    return sheet.entries


class _CueSheet:
    """Cue sheet, read line by line."""

    def __init__(self) -> None:
        self.entries: list[PlaylistEntry] = []
        self.unplaced: dict[int, str] = {}
        """Tracks without a place so far, by their lines."""
        self._sound, self._performer = "", ""
        self._track: dict[str, str] = {}
        self._begun = 0

    def add(self, key: str, value: str, line: int) -> None:
        """Read a line; a track goes on where another file begins, as its pause may be in the first.

        (EAC writes such sheets; it calls them noncompliant.)
        """
        if key == "file":
            self._sound = _cue_file(value)
        elif key == "track":
            self._track, self._begun = {"track": value}, line
            self.unplaced[line] = value.partition(" ")[0]
        elif key in {"title", "performer"} and self._track:
            self._track[key] = _unquoted(value)
        elif key == "performer":
            self._performer = _unquoted(value)
        elif key == "index" and self._track and (index := _INDEX.match(value)):
            self._place(_seconds(index), line)

    def problems(self, file: str) -> Iterator[FileProblem]:
        """Yield the tracks that have no place."""
        expected = "a place in minutes, seconds and frames, such as INDEX 01 03:20:00"
        for line, name in self.unplaced.items():
            yield FileProblem(file, line, 1, "", f"track {name} without a place", expected)

    def _place(self, begin: Seconds, line: int) -> None:
        """Add the track; the one before, if it is of the same file, ends where it begins."""
        self.unplaced.pop(self._begun, None)
        entries, number = self.entries, len(self.entries) + 1
        if entries and entries[-1].file == self._sound:
            entries[-1] = replace(entries[-1], cue_out=begin)
        title = self._track.get("title") or f"Track {number}"
        artist = self._track.get("performer", self._performer)
        entries.append(
            PlaylistEntry(
                *(self._sound, title, artist, line, 1, f"track {number}"),
                cue_in=begin or None, foreign=True,
            )
        )  # fmt: skip


def _cue_file(value: str) -> str:
    match = _CUE_FILE.match(value)
    return next((text for text in match.groups() if text), "") if match else ""


def _seconds(index: re.Match[str]) -> Seconds:
    minutes, seconds, frames = (int(number) for number in index.groups())
    return Seconds(60 * minutes + seconds + frames / _FRAMES)


def _unquoted(text: str) -> str:
    return text.strip().strip('"')


def _entry(location: str, title: str, artist: str, line: int, number: int) -> PlaylistEntry:
    title, artist = (" ".join(text.split()) for text in (title, artist))
    return PlaylistEntry(location, title, artist, line, 1, f"track {number}", foreign=True)
