"""Formats of other programs' playlists, each by the suffix of its files."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from kacenv.config.playlists.entry import PlaylistEntry
from kacenv.config.playlists.list_text import list_text
from kacenv.config.playlists.m3u import read_m3u
from kacenv.config.playlists.other_lists import (
    read_cue,
    read_itunes,
    read_jspf,
    read_media_xml,
    read_pls,
)
from kacenv.config.playlists.xspf import read_xspf
from kacenv.config.yaml.text_files import read_bytes, refuse, shown
from kacenv.core.errors import FileProblem, LoadError

READERS: Final[dict[str, Callable[[str, str], list[PlaylistEntry]]]] = {
    ".m3u8": read_m3u,
    ".m3u": read_m3u,
    ".xspf": read_xspf,
    ".pls": read_pls,
    ".wpl": read_media_xml,
    ".zpl": read_media_xml,
    ".asx": read_media_xml,
    ".wax": read_media_xml,
    ".jspf": read_jspf,
    ".xml": read_itunes,
    ".cue": read_cue,
}
"""Readers of a text and of the name of its file, by suffix (`house.PLAYLISTS` names them, too)."""
UNREADABLE: Final = {
    ".fpl": "a playlist of foobar2000",
    ".b4s": "a playlist of Winamp 3",
    ".ram": "a list of RealPlayer",
    ".aimppl4": "a playlist of AIMP",
    ".mpcpl": "a playlist of Media Player Classic",
    ".aimppl": "a playlist of AIMP",
    ".plc": "a playlist of AIMP",
    ".kpl": "a playlist of KMPlayer",
    ".rmp": "a playlist of RealJukebox",
    ".pla": "a playlist of a portable player",
    ".dbpl": "a playlist of DeaDBeeF",
    ".nml": "a collection of Traktor",
    ".crate": "a crate of Serato",
    ".xsp": "a smart playlist of Kodi",
    ".strm": "a stream of Kodi",
    ".wvx": "a list of Windows Media Player",
    ".wmx": "a list of Windows Media Player",
    ".itl": "a library of iTunes",
    ".musiclibrary": "a library of Apple Music",
}
"""Playlists that kacenv can't read, by suffix."""
EXPORT: Final = "a playlist that kacenv can read; export it there as M3U8 or XSPF"
"""What to do about those."""


def read_list(path: Path) -> list[PlaylistEntry]:
    """Read the entries of another program's playlist; without a known suffix, as M3U.

    Raises:
        LoadError: It can't be read, or has no entries.
    """
    suffix, file = path.suffix.lower(), shown(path)
    if suffix in UNREADABLE:
        raise refuse(path, UNREADABLE[suffix], EXPORT)
    entries = READERS.get(suffix, read_m3u)(list_text(read_bytes(path)), file)
    if not entries:
        raise no_tracks(file)
    return entries


def no_tracks(file: str) -> LoadError:
    """Return the error of a playlist without tracks."""
    found, expected = "no tracks", "at least one track, as a music player exports it"
    return LoadError((FileProblem(file, 1, 1, "", found, expected),))
