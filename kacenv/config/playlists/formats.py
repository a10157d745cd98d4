"""Readers of other programs' playlists: M3U8 and XSPF."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.parsers import expat  # entities are refused before it sees them

from kacenv.core.errors import FileProblem, LoadError
from kacenv.core.units import Decibels, Seconds

_XSPF = "http://xspf.org/ns/0/"
_ENTITY = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_FILE_URL = re.compile(r"file://(localhost)?(?=/)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlaylistEntry:
    """Entry of a playlist: a file not yet located or measured."""

    file: str
    title: str
    artist: str
    line: int
    column: int = 1
    where: str = ""
    gain: Decibels = Decibels(0.0)
    cue_in: Seconds | None = None
    cue_out: Seconds | None = None
    energy: int | None = None
    licence: str = ""


def local(location: str) -> str:
    """Return the path in a local `file://` URL; return anything else unchanged."""
    match = _FILE_URL.match(location)
    return unquote(location[match.end() :]) if match else location


def read_m3u8(text: str) -> list[PlaylistEntry]:
    """Read the entries of an extended M3U file; lines with # are comments or titles."""
    entries: list[PlaylistEntry] = []
    label = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line.startswith("#EXTINF:"):
            label = line.partition(",")[2].strip()
        elif line and not line.startswith("#"):
            artist, title = _label(label, line)
            where = f"track {len(entries) + 1}"
            entries.append(PlaylistEntry(local(line), title, artist, number, where=where))
            label = ""
    return entries


def _label(label: str, line: str) -> tuple[str, str]:
    """Split a label of the form `Artist - Title`."""
    before, dash, after = label.partition(" - ")
    return (before.strip(), after.strip()) if dash else ("", label or _stem(line))


def _stem(file: str) -> str:
    return file.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def read_xspf(text: str, file: str) -> list[PlaylistEntry]:
    """Read the entries of an XSPF file; `file` names it in problems.

    Raises:
        LoadError: It isn't XSPF, or declares entities (entity expansion attack).
    """
    declared = _ENTITY.search(text)
    if declared:
        line = text.count("\n", 0, declared.start()) + 1
        found = f"a line that begins with {declared[0]}"
        expected = "plain XSPF without declarations of its own; export the playlist again"
        raise LoadError((FileProblem(file, line, 1, "", found, expected),))
    reader = _XspfReader()
    try:
        reader.read(text)
    except expat.ExpatError as error:
        found = f"something that isn't XML ({expat.ErrorString(error.code)})"
        expected = "XSPF, as a music player exports it; export the playlist again"
        problem = FileProblem(file, error.lineno, error.offset + 1, "", found, expected)
        raise LoadError((problem,)) from error
    return list(reader.entries())


@dataclass(slots=True)
class _Track:
    line: int
    column: int
    texts: dict[str, str] = field(default_factory=dict)


class _XspfReader:
    """Collects the texts of each `track` element, and its position."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate("UTF-8", namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._open: list[str] = []
        self._tracks: list[_Track] = []

    def read(self, text: str) -> None:
        self._parser.Parse(text.encode("utf-8", "replace"), True)

    def entries(self) -> Iterator[PlaylistEntry]:
        for number, track in enumerate(self._tracks, start=1):
            texts = {name: " ".join(text.split()) for name, text in track.texts.items()}
            file = _path(texts.get("location", ""))
            title = texts.get("title") or _stem(file)
            where, artist = f"track {number}", texts.get("creator", "")
            yield PlaylistEntry(file, title, artist, track.line, track.column, where)

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._open.append(name.removeprefix(f"{_XSPF} "))
        if self._open == ["playlist", "trackList", "track"]:
            parser = self._parser
            place = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
            self._tracks.append(_Track(*place))
        elif self._in_track() and self._open[-1] == "location":
            track = self._tracks[-1]
            track.line = self._parser.CurrentLineNumber
            track.column = self._parser.CurrentColumnNumber + 1

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        if self._in_track():
            texts = self._tracks[-1].texts
            texts[self._open[-1]] = texts.get(self._open[-1], "") + text

    def _in_track(self) -> bool:
        return self._open[:3] == ["playlist", "trackList", "track"] and len(self._open) == 4


def _path(location: str) -> str:
    """Decode an XSPF location, a URL that may be relative."""
    return local(location) if "://" in location else unquote(location)
