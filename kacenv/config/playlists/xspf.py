"""Reader of XSPF playlists."""

from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urljoin

from kacenv.config.playlists.entry import PlaylistEntry
from kacenv.config.playlists.vlc_options import played_part
from kacenv.config.playlists.xml_tree import XmlElement, xml_tree
from kacenv.core.errors import FileProblem, LoadError


def read_xspf(text: str, file: str) -> list[PlaylistEntry]:
    """Read the entries of an XSPF file in any namespace; `file` names it in problems.

    Raises:
        LoadError: It isn't XSPF, or declares entities (entity expansion attack).
    """
    root = xml_tree(text, file, "XSPF")
    if root.name.lower() != "playlist":
        page = root.name.lower() == "html"
        found = "a web page instead of a playlist" if page else f"XML of another kind: {root.name}"
        expected = "XSPF, as a music player exports it; export the playlist again"
        raise LoadError((FileProblem(file, root.line, root.column, "", found, expected),))
    tracks = [track for tracks in root.all("trackList") for track in tracks.all("track")]
    return [_entry(track, number) for number, track in enumerate(tracks, start=1)]


def _entry(track: XmlElement, number: int) -> PlaylistEntry:
    named = [one for one in track.all("location") if one.text.strip()]
    first, *others = dict.fromkeys(place for one in named for place in _places(one)) or [""]
    place = named[0] if named else track
    part = played_part(one.text for one in track.below() if one.name == "option")
    return PlaylistEntry(
        *(first, track.one_line("title"), track.one_line("creator")),
        *(place.line, place.column, f"track {number}"),
        cue_in=part.cue_in, cue_out=part.cue_out,
        others=tuple(others), foreign=True,
    )  # fmt: skip


def _places(location: XmlElement) -> Iterator[str]:
    """Yield a location as its `xml:base` completes it, then as it is written."""
    text = location.text.strip()
    if location.bases:
        with suppress(ValueError):
            base = ""
            for one in location.bases:
                base = urljoin(base, one)
            yield urljoin(base, text)
    yield text
