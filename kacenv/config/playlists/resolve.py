"""Loading of playlists: files located inside the house, and measured."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kacenv.analysis import KnownMeasurements
from kacenv.analysis.header_cache import Headers
from kacenv.config.house import YAML
from kacenv.config.playlists.formats import PlaylistEntry, read_m3u8, read_xspf
from kacenv.config.playlists.playable_file import PlayableFile, UnplayableError, playable
from kacenv.config.playlists.resolved_track import ResolvedTrack
from kacenv.config.yaml.document import Document, parse
from kacenv.config.yaml.text_files import any_of, near, read_text, shown, siblings
from kacenv.config.yaml.validation_errors import in_order, validate
from kacenv.core.errors import FileProblem, LoadError
from kacenv.core.units import Seconds, format_seconds
from kacenv.model.playlist import Cut, Order, Playlist, Queue

CROSSFADE = Seconds(12.0)
"""Crossfade of playlists in other programs' formats, which don't state one."""
_SLACK = 0.5
"""Tolerance of cues past the end, as lengths in headers are rounded (seconds)."""
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class _TrackError(Exception):
    """Fault of a track: found, expected, and an example."""


@dataclass(frozen=True, slots=True)
class _ParsedPlaylist:
    """Playlist file as read, whatever its format."""

    entries: list[PlaylistEntry]
    crossfade: Seconds
    order: Order = Order.AS_LISTED
    seed: int = 0
    repeat: bool = False
    chosen: bool = False
    """True if the file states the crossfade."""


@dataclass(frozen=True, slots=True)
class ResolvedPlaylist:
    """Playlist with all its tracks located: as written, and as played."""

    tracks: list[ResolvedTrack]
    queue: Queue


def load_queue(
    path: Path, name: str, music_root: Path | None = None, known: KnownMeasurements | None = None
) -> Queue:
    """Load the playlist at `path` as a queue; scenes call it `name`.

    Music is taken from the playlist's folder and from `music_root`, nowhere else. Tracks that
    are `known` are normalized in loudness, and their silent ends trimmed.

    Raises:
        LoadError: With every track that can't be used.
    """
    return open_playlist(path, name, music_root, known).queue


def listed_tracks(
    path: Path, music_root: Path | None, known: KnownMeasurements | None
) -> list[ResolvedTrack]:
    """Return every track of the playlist at `path`, located and measured.

    Raises:
        LoadError: With every track that can't be used.
    """
    return open_playlist(path, path.name, music_root, known).tracks


def open_playlist(
    path: Path,
    name: str,
    music_root: Path | None = None,
    known: KnownMeasurements | None = None,
    headers: Headers | None = None,
) -> ResolvedPlaylist:
    """Load the playlist at `path`, which scenes call `name`; `headers` is a cache.

    Raises:
        LoadError: With every track that can't be used.
    """
    reading = _read(path)
    shelf = _MusicSources(
        _roots(path, music_root), known or KnownMeasurements(), headers or Headers()
    )
    tracks = _listed_in(reading, path, shelf)
    cuts = tuple(track.cut() for track in tracks)
    queue = Queue(
        name,
        cuts,
        crossfade=Seconds(min(reading.crossfade, _longest_crossfade(cuts))),
        shuffle_seed=reading.seed if reading.order is Order.SHUFFLED else None,
        repeat=reading.repeat,
        fit=reading.order is Order.FIT,
    )
    return ResolvedPlaylist(tracks, queue)


@dataclass(frozen=True, slots=True)
class _MusicSources:
    """Folders of music, and what is known of its files."""

    roots: list[Path]
    known: KnownMeasurements
    headers: Headers


def _listed_in(reading: _ParsedPlaylist, path: Path, music: _MusicSources) -> list[ResolvedTrack]:
    problems: list[FileProblem] = []
    tracks: list[ResolvedTrack] = []
    for entry in reading.entries:
        try:
            tracks.append(_listed(entry, path, music))
        except _TrackError as refused:
            problems.append(_problem(path, entry, refused))
    if not problems and reading.chosen and (len(tracks) > 1 or reading.repeat):
        problems += _too_short(reading, tracks)
    if problems:
        raise LoadError(in_order(problems))
    return tracks


def located_files(path: Path, music_root: Path | None) -> tuple[list[Path], list[FileProblem]]:
    """Return a playlist's sound files without opening them, and the problems of missing ones.

    Raises:
        LoadError: The playlist itself can't be read.
    """
    files: list[Path] = []
    problems: list[FileProblem] = []
    for entry in _read(path).entries:
        try:
            files.append(_locate(entry.file, _roots(path, music_root)))
        except _TrackError as refused:
            problems.append(_problem(path, entry, refused))
    return files, problems


def _roots(path: Path, music_root: Path | None) -> list[Path]:
    return [path.parent.resolve()] + ([music_root.resolve()] if music_root else [])


def _problem(path: Path, entry: PlaylistEntry, refused: _TrackError) -> FileProblem:
    place = (shown(path), entry.line, entry.column, entry.where)
    return FileProblem(*place, *_as_written(path, *refused.args))


def _as_written(path: Path, found: str, expected: str, example: str = "") -> tuple[str, str, str]:
    """Adapt the example to the playlist's format: only YAML has keys."""
    return found, expected, example if path.suffix in YAML else example.removeprefix("file: ")


def _read(path: Path) -> _ParsedPlaylist:
    text, file = read_text(path), shown(path)
    if path.suffix in YAML:
        return _from_yaml(parse(text, file))
    entries = read_xspf(text, file) if path.suffix == ".xspf" else read_m3u8(text)
    if not entries:
        found, expected = "no tracks", "at least one track, as a music player exports it"
        raise LoadError((FileProblem(file, 1, 1, "", found, expected),))
    return _ParsedPlaylist(entries, CROSSFADE)


def _from_yaml(document: Document) -> _ParsedPlaylist:
    playlist = validate(Playlist, document)
    entries = [
        PlaylistEntry(
            file=track.file,
            title=track.title,
            artist=track.artist,
            line=document.place(("tracks", index, "file")).line,
            column=document.place(("tracks", index, "file")).column,
            where=document.where(("tracks", index)),
            gain=track.gain,
            cue_in=track.cue_in if ("tracks", index, "cue_in") in document.values else None,
            cue_out=track.cue_out,
            energy=track.energy,
            licence=track.licence,
        )
        for index, track in enumerate(playlist.tracks)
    ]
    chosen = "crossfade" in document.tree
    how = playlist.order, playlist.seed, playlist.repeat
    return _ParsedPlaylist(entries, playlist.crossfade, *how, chosen)


def _listed(entry: PlaylistEntry, path: Path, music: _MusicSources) -> ResolvedTrack:
    file = _locate(entry.file, music.roots)
    found = _playable(file, music)
    whole = found.length
    end = whole if entry.cue_out is None else entry.cue_out
    begin = entry.cue_in or Seconds(0.0)
    if end > whole + _SLACK:
        cue = f"cue_out: {format_seconds(end)} in a file of {format_seconds(whole)}"
        raise _TrackError(cue, "a cue_out within the file, or none for its end")
    if begin >= end:
        cue = f"cue_in: {format_seconds(begin)}, but it ends at {format_seconds(end)}"
        raise _TrackError(cue, "a cue_in before the end", "cue_in: 0s")
    ends = Seconds(min(end, whole))
    return ResolvedTrack(shown(path), entry, file, begin, ends, found.verdict, found.tags.words)


def _locate(file: str, roots: list[Path]) -> Path:
    """Return the real path of `file`, below one of `roots`."""
    if not file:
        raise _TrackError("a track without a file", "the name of a sound file")
    if _URL.match(file):
        expected = "the path of a file in the playlist's folder; nothing comes from the network"
        raise _TrackError(file, expected, "file: house/settle-1.opus")
    try:
        # For 5,000 tracks, pathlib would take three times as long to find them.
        paths = [os.path.realpath(os.path.join(root, file)) for root in roots]  # noqa: PTH118 - ditto
        found = [path for path in paths if os.path.exists(path)]  # noqa: PTH110 - ditto
    except (OSError, ValueError, RuntimeError) as error:
        raise _TrackError(file[:60], "the name of a file that can be opened") from error
    inside = [path for path in found if any(_lies_in(root, path) for root in roots)]
    if not found:
        raise _TrackError(*_nothing_there(file, roots))
    if not inside:
        expected = f"a file inside {' or '.join(map(shown, roots))}; copy the music there"
        raise _TrackError(f"{file}, which lies outside the music's folders", expected)
    track = Path(inside[0])
    if not track.is_file():
        raise _TrackError(f"{file}, which isn't a file", "a sound file")
    return track


def _lies_in(root: Path, path: str) -> bool:
    return path == str(root) or path.startswith(f"{str(root).rstrip('/')}/")


def _nothing_there(file: str, roots: list[Path]) -> tuple[str, str, str]:
    path = roots[0] / file
    names = siblings(path)
    found = f"no file {file}"
    if not names:
        return found, f"a sound file in {' or '.join(map(shown, roots))}", ""
    like = near(path.name, names)
    example = f"file: {Path(file).with_name(like)}" if like else ""
    return found, f"one of the files in {shown(path.parent)}: {any_of(names)}", example


def _playable(path: Path, music: _MusicSources) -> PlayableFile:
    try:
        return playable(path, music.known, music.headers)
    except UnplayableError as error:
        found = f"{path.name}, which the room can't play: {error}"
        raise _TrackError(found, "a sound file, such as FLAC, Opus, MP3 or WAV") from error


def _longest_crossfade(cuts: Sequence[Cut]) -> Seconds:
    """Return half the shortest track's length: a longer crossfade would overlap three tracks."""
    return Seconds(min(cut.length for cut in cuts) / 2)


def _too_short(reading: _ParsedPlaylist, tracks: list[ResolvedTrack]) -> list[FileProblem]:
    needed = 2 * reading.crossfade
    return [
        FileProblem(
            *(track.file, track.entry.line, track.entry.column, track.entry.where),
            f"{format_seconds(track.length)} of music, with a crossfade of"
            f" {format_seconds(reading.crossfade)}",
            f"at least {format_seconds(needed)} of music, twice the crossfade",
            f"crossfade: {format_seconds(track.length // 2)}",
        )
        for track in tracks
        if track.length < needed
    ]
