"""Readers of playlists that few players still write: PLS, WPL, ASX, JSPF, iTunes, cue sheets."""

import json
import re
from dataclasses import replace
from typing import Any, Final

from kacenv.config.playlists.entry import PlaylistEntry
from kacenv.config.playlists.list_text import lines_of
from kacenv.config.playlists.xml_tree import XmlElement, xml_tree
from kacenv.core.errors import FileProblem, LoadError
from kacenv.core.units import Seconds

_PLS: Final = re.compile(r"\s*(file|title)(\d{1,6})\s*=(.*)", re.IGNORECASE)
_CUE: Final = re.compile(r"\s*(file|track|title|performer|index)\s+(.*)", re.IGNORECASE)
_INDEX: Final = re.compile(r"0*1\s+(\d{1,4}):(\d\d):(\d\d)$")
_FRAMES: Final = 75
"""Frames of a CD in a second."""
_MEDIA: Final = {"media": "src", "ref": "href"}
"""Elements of WPL and ASX that name a file, each with its attribute."""
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
    files: dict[int, tuple[str, int]] = {}
    titles: dict[int, str] = {}
    for place, line in enumerate(lines, start=1):
        match = _PLS.match(line)
        if match and match[1].lower() == "file":
            files[int(match[2])] = match[3], place
        elif match:
            titles[int(match[2])] = match[3].strip()
    return [
        _entry(location, titles.get(number, ""), "", place, count)
        for count, (number, (location, place)) in enumerate(sorted(files.items()), start=1)
    ]


def read_media_xml(text: str, file: str) -> list[PlaylistEntry]:
    """Read the entries of Windows Media Player's WPL or ASX; `file` names it in problems.

    Raises:
        LoadError: It isn't XML, or declares entities (entity expansion attack).
    """
    root = xml_tree(text, file, "a Windows Media playlist")
    named = [(one, _location(one)) for one in root.below()]
    found = [(one, location) for one, location in named if location is not None]
    return [
        _entry(location, "", "", one.line, number)
        for number, (one, location) in enumerate(found, start=1)
    ]


def _location(element: XmlElement) -> str | None:
    wanted = _MEDIA.get(element.name.lower())
    return next((text for key, text in element.attributes.items() if key.lower() == wanted), None)


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
    first, *others = [listed] if isinstance(listed, str) else map(str, listed or [""])
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
    return _entry(location, title, artist, line, number)


def read_cue(text: str, file: str) -> list[PlaylistEntry]:
    """Read the tracks of a cue sheet: parts of the sound files that it names.

    Raises:
        LoadError: It has no track with a place (INDEX 01).
    """
    entries: list[PlaylistEntry] = []
    sound, performer, track = "", "", dict[str, str]()
    for number, line in enumerate(lines_of(text), start=1):
        match = _CUE.match(line)
        key, value = (match[1].lower(), match[2].strip()) if match else ("", "")
        if key == "file":
            sound, track = _unquoted(value.rpartition(" ")[0] or value), {}
        elif key == "track":
            track = {"track": value}
        elif key in {"title", "performer"} and track:
            track[key] = _unquoted(value)
        elif key == "performer":
            performer = _unquoted(value)
        elif key == "index" and track and (index := _INDEX.match(value)):
            begin = _seconds(index)
            _end_last(entries, sound, begin)
            named = {"performer": performer, **track}
            entries.append(_of_cue(sound, named, begin, number, len(entries) + 1))
    if not entries:
        raise _refuse(file, "no track with its place (INDEX 01)", "a whole cue sheet, or M3U8")
    return entries


def _of_cue(
    sound: str, track: dict[str, str], begin: Seconds, line: int, number: int
) -> PlaylistEntry:
    title = track.get("title") or f"Track {number}"
    return PlaylistEntry(
        *(sound, title, track["performer"], line, 1, f"track {number}"),
        cue_in=begin or None, foreign=True,
    )  # fmt: skip


def _end_last(entries: list[PlaylistEntry], sound: str, end: Seconds) -> None:
    """Let the entry before, if it is of the same file, end where the next begins."""
    if entries and entries[-1].file == sound:
        entries[-1] = replace(entries[-1], cue_out=end)


def _seconds(index: re.Match[str]) -> Seconds:
    minutes, seconds, frames = (int(number) for number in index.groups())
    return Seconds(60 * minutes + seconds + frames / _FRAMES)


def _unquoted(text: str) -> str:
    return text.strip().strip('"')


def _entry(location: str, title: str, artist: str, line: int, number: int) -> PlaylistEntry:
    title, artist = (" ".join(text.split()) for text in (title, artist))
    return PlaylistEntry(location, title, artist, line, 1, f"track {number}", foreign=True)
