"""Reader of M3U and M3U8 playlists."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Final, NamedTuple

from kacenv.analysis.foreign_types import foreign_type, is_called_music
from kacenv.config.playlists.entry import PlaylistEntry
from kacenv.config.playlists.list_text import lines_of
from kacenv.config.playlists.vlc_options import played_part
from kacenv.core.errors import FileProblem, LoadError

_LABEL: Final = "#EXTINF:"
_OPTION: Final = "#EXTVLCOPT:"
_STREAM: Final = "#EXT-X-"
"""Beginning of the tags of HTTP Live Streaming (RFC 8216)."""


def read_m3u(text: str, file: str) -> list[PlaylistEntry]:
    """Read the entries of an M3U file; `file` names it in problems.

    A line that begins with # is a tag or a comment. One that ends like a sound file may be one,
    and is if a title stands for it alone. A title for which there is no line is a track without a
    file.

    Raises:
        LoadError: It is a manifest of a stream, or a page or data with a playlist's name.
    """
    lines = lines_of(text)
    for number, line in enumerate(lines, start=1):
        if line.startswith(_STREAM):
            found = "an HLS stream, whose music lies on the network"
            expected = "a playlist of sound files; kacenv plays nothing from the network"
            raise LoadError((FileProblem(file, number, 1, "", found, expected),))
    if "\0" in text or text.lstrip().startswith("<"):
        found = "data that isn't text" if "\0" in text else "a page or XML instead of a list"
        expected = "one file a line, as a music player exports it; export the playlist again"
        raise LoadError((FileProblem(file, 1, 1, "", found, expected),))
    return list(_entries(lines))


class _Line(NamedTuple):
    """Line with a file's name, and the title before it; a doubtful one begins with #."""

    number: int
    file: str
    label: str = ""
    doubtful: bool = False
    options: tuple[str, ...] = ()
    """VLC's options for it."""


def _entries(lines: list[str]) -> Iterator[PlaylistEntry]:
    count = 0
    for line in _files(lines):
        count += not line.doubtful
        artist, title = _parted(line.label)
        where = "" if line.doubtful else f"track {count}"
        part = played_part(line.options)
        yield PlaylistEntry(
            *(line.file, title, artist, line.number),
            where=where, cue_in=part.cue_in, cue_out=part.cue_out,
            foreign=True, doubtful=line.doubtful,
        )  # fmt: skip


def _files(lines: list[str]) -> Iterator[_Line]:
    title: _Line | None = None
    remarks: list[_Line] = []
    options: tuple[str, ...] = ()
    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        if line.startswith(_LABEL):
            yield from _left(title, remarks)
            title, remarks = _Line(number, "", line.partition(",")[2].strip()), []
        elif line.startswith(_OPTION):
            options += (line.removeprefix(_OPTION),)
        elif line.startswith("#"):
            remarks += [_Line(number, raw, doubtful=True)] if _is_called_music(line) else []
        elif line:
            label = title.label if title else ""
            yield from (*remarks, _Line(number, raw, label, options=options))
            title, remarks, options = None, [], ()
    yield from _left(title, remarks)


def _is_called_music(line: str) -> bool:
    suffix = PurePath(line).suffix
    return is_called_music(suffix) or bool(foreign_type(b"", suffix))


def _left(title: _Line | None, remarks: list[_Line]) -> Iterator[_Line]:
    """Yield remarks that no file follows, or the title; it must stand for the first of them."""
    if title is None:
        yield from remarks
    elif remarks:
        yield remarks[0]._replace(label=title.label, doubtful=False)
        yield from remarks[1:]
    else:
        yield title


def _parted(label: str) -> tuple[str, str]:
    """Return artist and title of a label of the form `Artist - Title`."""
    before, dash, after = label.partition(" - ")
    return (before.strip(), after.strip()) if dash else ("", label)
