"""Files that an import leaves out, each named with its reason."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from support.houses import write_house
from support.judges import ROOM
from support.telling import ffmpeg, write_noise
from support.typed import typed

from matrix.section import Cell, Row, Section


class _Omitted(NamedTuple):
    """Kind of files, one of them below the imported folder, and what matches the reason told."""

    words: str
    place: str
    reason: str
    make: Callable[[Path, Path], object]
    """Makes it from a piece of music, at a path."""


def _copy(piece: Path, path: Path) -> None:
    path.hardlink_to(piece)


def _link(piece: Path, path: Path) -> None:
    path.symlink_to(piece)


def _link_to_folder(piece: Path, path: Path) -> None:
    path.symlink_to(piece.parent)


def _holding(content: bytes) -> Callable[[Path, Path], object]:
    return lambda _, path: path.write_bytes(content)


def _by(*words: str) -> Callable[[Path, Path], object]:
    return lambda piece, path: ffmpeg("-i", piece, *words, path)


def _half(piece: Path, path: Path) -> None:
    content = piece.read_bytes()
    path.write_bytes(content[: len(content) // 2])


_RISE: Final = "volume='if(lt(t,16),0.02,1)':eval=frame"
_KINDS: Final = (
    _Omitted("a piece of a few seconds", "short.flac", "shorter than 30s", _by("-t", "5")),
    _Omitted("a piece of which half is there", "half.flac", "breaks off at", _half),
    _Omitted("a piece that becomes loud at once", "loud.flac", "may startle", _by("-af", _RISE)),
    _Omitted("a piece in the trash of Linux", ".Trash-1000/files/a.flac", "in the trash", _copy),
    _Omitted("a piece in the trash of Windows", "$RECYCLE.BIN/S-1/a.flac", "in the trash", _copy),
    _Omitted("a piece in the trash of a Mac", ".Trashes/501/a.flac", "in the trash", _copy),
    _Omitted("a piece in a Synology's trash", "#recycle/a.flac", "in the trash", _copy),
    _Omitted("a piece in a QNAP's trash", "@Recycle/a.flac", "in the trash", _copy),
    _Omitted("a piece in a hidden folder", ".cache/a.flac", "hidden", _copy),
    _Omitted("what a Mac puts beside a file", "._a.flac", "hidden", _holding(b"\0\5\x16\7")),
    _Omitted("a link to a piece", "link.flac", "links", _link),
    _Omitted("a link to a folder", "album", "links", _link_to_folder),
    _Omitted("a name in an old encoding", os.fsdecode(b"caf\xe9.flac"), "names", _copy),
    _Omitted("a piece that is only in iCloud", ".a.mp3.icloud", "cloud", _holding(b"bplist00")),
    _Omitted("a download that isn't finished", "a.mp3.part", "isn't finished", _holding(b"ID3")),
    _Omitted("a piece of Apple's shop", "a.m4p", "Apple", _holding(b"\0\0\0\x20ftypM4P ")),
    _Omitted("a book of Audible", "a.aax", "Audible", _holding(b"\0\0\0\x20ftypaax ")),
    _Omitted("ATRAC", "a.oma", "ATRAC", _holding(b"ea3\3" + bytes(50))),
    _Omitted("Shorten", "a.shn", "Shorten", _holding(b"ajkg" + bytes(50))),
    _Omitted("a tracker's module", "a.xm", "tracker", _holding(b"Extended Module: a")),
    _Omitted("a playlist", "calm.m3u8", "playlists", _holding(b"a.flac\n")),
    _Omitted("a playlist of foobar2000", "calm.fpl", "playlists", _holding(b"\xe1\xa0\x9c\x91")),
    _Omitted("the picture of a cover", "cover.jpg", "not music", _holding(b"\xff\xd8\xff\xe0")),
)


def _rows(folder: Path) -> Iterator[Row]:
    house = write_house(folder / "house", rooms__bench=ROOM)
    piece, music = folder / "else/good.flac", house / "playlists/music"
    piece.parent.mkdir()
    ffmpeg("-i", write_noise(folder), piece)
    for kind in _KINDS:
        path = music / kind.place
        path.parent.mkdir(parents=True, exist_ok=True)
        kind.make(piece, path)
    (music / "good.flac").hardlink_to(piece)
    told = _told(house, music)
    taken = Cell("") if told.pop("good.flac", "") else None
    for kind in _KINDS:
        said = told.get(kind.place, "nothing")
        good = re.search(kind.reason, said) is not None and taken is None
        yield Row(kind.words, (Cell(said, good),))


def _told(house: Path, music: Path) -> dict[str, str]:
    """Return the reason for each file that an import leaves out, by its place."""
    said = typed("music", "import", str(music), "--json", env={"KACENV_HOUSE": str(house)})
    found = json.loads(said.stdout)
    return {str(Path(one["file"]).relative_to(music)): one["reason"] for one in found["left_out"]}


SECTION: Final = Section(
    "Files that an import leaves out",
    "`kacenv music import` names every file that it leaves out, with these words.",
    ("file", "what is told"),
    tuple(kind.words for kind in _KINDS),
    _rows,
)
