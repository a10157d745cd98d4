"""Export of playlists to other players' formats: M3U8 and XSPF."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote
from xml.etree import ElementTree as ET  # only writes

from kacenv.analysis import KnownMeasurements, known_measurements
from kacenv.config.house import House
from kacenv.config.load import music_roots
from kacenv.config.playlists.resolve import listed_tracks
from kacenv.config.playlists.resolved_track import ResolvedTrack
from kacenv.config.playlists.vlc_options import PlayedPart, options_of
from kacenv.config.transfer.new_file import new_file
from kacenv.core.errors import KacenvError, LoadError
from kacenv.core.plain_text import cleaned_line, is_utf8

_VLC: Final = "http://www.videolan.org/vlc/playlist/0"
_VLC_NAMES: Final = "http://www.videolan.org/vlc/playlist/ns/0/"
KINDS: Final = (".m3u8", ".xspf")


class ExportError(KacenvError):
    """File that can't be written; the message says what to do instead."""


def house_tracks(
    house: House, name: str, known: KnownMeasurements | None = None
) -> list[ResolvedTrack]:
    """Return every track of a playlist, by its name or path, found with any room's music folder.

    Raises:
        LoadError: There is no such playlist, or tracks of it can't be used.
    """
    path = house.playlist_file(name)
    first: LoadError | None = None
    for root in music_roots(house):
        try:
            return listed_tracks(path, root, known or known_measurements())
        except LoadError as error:
            first = first or error
    assert first is not None  # noqa: S101 - there is always one root to try
    raise first


def export(tracks: Sequence[ResolvedTrack], title: str, path: Path) -> None:
    """Write a playlist to `path` in the format of its suffix, .m3u8 or .xspf; never overwrite.

    Files below the playlist's folder get relative paths, others absolute ones.

    Raises:
        ExportError: The suffix is another, the file exists, or can't be written.
    """
    if path.suffix not in KINDS:
        raise ExportError(
            f"A playlist is exported as .m3u8 or .xspf. For example: {path.with_suffix('.m3u8')}"
        )
    folder = path.parent.resolve()
    text = _m3u8(tracks, folder) if path.suffix == ".m3u8" else _xspf(tracks, title, folder)
    try:
        with new_file(path) as file:
            file.write(text.encode())
    except FileExistsError as error:
        raise ExportError(f"{path} is there already. Give another name.") from error
    except OSError as error:
        raise ExportError(f"{path} can't be written ({error.strerror}).") from error


def _m3u8(tracks: Sequence[ResolvedTrack], folder: Path) -> str:
    return "\n".join(["#EXTM3U", *_m3u8_lines(tracks, folder)]) + "\n"


def _m3u8_lines(tracks: Sequence[ResolvedTrack], folder: Path) -> Iterator[str]:
    for track in tracks:
        # Players take what is before the first hyphen for the artist.
        artist = track.entry.artist.replace(" - ", ", ")
        label = f"{artist} - {track.entry.title}" if artist else track.entry.title
        yield f"#EXTINF:{round(track.length)},{cleaned_line(label)}"
        yield from (f"#EXTVLCOPT:{option}" for option in _options(track))
        name = _in_one_line(_from(folder, track.path))
        yield f"./{name}" if name.startswith(("#", " ")) else name


def _options(track: ResolvedTrack) -> Iterator[str]:
    return options_of(PlayedPart(track.entry.cue_in, track.entry.cue_out))


def _in_one_line(name: str) -> str:
    """Return a file's name, percent-encoded if it can't stand in a line."""
    is_line = is_utf8(name) and name.isprintable() and name == name.rstrip()
    return name if is_line else quote(os.fsencode(name))


def _from(folder: Path, path: Path) -> str:
    """Return the file's path as a playlist in `folder` names it."""
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _xspf(tracks: Sequence[ResolvedTrack], title: str, folder: Path) -> str:
    root = ET.Element("playlist", {"version": "1", "xmlns": "http://xspf.org/ns/0/"})
    ET.SubElement(root, "title").text = cleaned_line(title)
    listed = ET.SubElement(root, "trackList")
    for track in tracks:
        node = ET.SubElement(listed, "track")
        ET.SubElement(node, "location").text = _address(folder, track.path)
        ET.SubElement(node, "title").text = cleaned_line(track.entry.title)
        if track.entry.artist:
            ET.SubElement(node, "creator").text = cleaned_line(track.entry.artist)
        ET.SubElement(node, "duration").text = str(round(track.length * 1000))
        _add_options(node, list(_options(track)))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _add_options(node: ET.Element, options: Sequence[str]) -> None:
    if options:
        extension = ET.SubElement(node, "extension", {"application": _VLC})
        for option in options:
            ET.SubElement(extension, "vlc:option", {"xmlns:vlc": _VLC_NAMES}).text = option


def _address(folder: Path, path: Path) -> str:
    """Return a relative URL, or a `file://` one, as a colon would look like a scheme."""
    name = os.fsencode(_from(folder, path))
    return quote(name) if path.is_relative_to(folder) else path.as_uri()
