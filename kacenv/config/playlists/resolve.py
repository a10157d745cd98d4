"""Loading of playlists: files located inside the house, and measured."""

from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import NamedTuple

from kacenv.analysis import KnownMeasurements
from kacenv.analysis.header_cache import Headers
from kacenv.analysis.normalization import album_gain
from kacenv.config.house import YAML
from kacenv.config.playlists.entry import PlaylistEntry
from kacenv.config.playlists.formats import no_tracks, read_list
from kacenv.config.playlists.list_text import legible
from kacenv.config.playlists.locate import FileLocator, LocatedFile, LocationError, NoFileError
from kacenv.config.playlists.playable_file import PlayableFile, UnplayableError, playable
from kacenv.config.playlists.resolved_track import ResolvedTrack
from kacenv.config.yaml.document import Document, parse
from kacenv.config.yaml.text_files import read_text, shown
from kacenv.config.yaml.validation_errors import in_order, validate
from kacenv.core.errors import FileProblem, LoadError
from kacenv.core.units import Seconds, format_seconds
from kacenv.model.playlist import Order, Playlist, Queue

CROSSFADE = Seconds(12.0)
"""Crossfade of playlists in other programs' formats, which don't state one."""
_SLACK = 0.5
"""Tolerance of cues past the end, as lengths in headers are rounded (seconds)."""


@dataclass(frozen=True, slots=True)
class _ParsedPlaylist:
    """Playlist file as read, whatever its format."""

    entries: list[PlaylistEntry]
    crossfade: Seconds
    order: Order = Order.AS_LISTED
    seed: int = 0
    repeat: bool = False


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
    tracks = _listed_in(reading, path, _sources(path, music_root, known, headers))
    queue = Queue(
        name,
        tuple(track.cut() for track in tracks),
        crossfade=reading.crossfade,
        shuffle_seed=reading.seed if reading.order is Order.SHUFFLED else None,
        repeat=reading.repeat,
        fit=reading.order is Order.FIT,
    )
    if queue.is_gapless:
        album = album_gain(track.sound for track in tracks)
        queue = replace(queue, cuts=tuple(track.gapless_cut(album) for track in tracks))
    return ResolvedPlaylist(tracks, queue)


def tracks_of_text(
    text: str,
    path: Path,
    music_root: Path | None,
    known: KnownMeasurements,
    headers: Headers | None = None,
) -> list[ResolvedTrack]:
    """Return the tracks of a YAML playlist that isn't written yet, as if it were, at `path`.

    Raises:
        LoadError: With everything for which `open_playlist` would refuse it.
    """
    reading = _from_yaml(parse(text, shown(path)))
    return _listed_in(reading, path, _sources(path, music_root, known, headers))


@dataclass(frozen=True, slots=True)
class _MusicSources:
    """Files of music, and what is known of them."""

    locator: FileLocator
    known: KnownMeasurements
    headers: Headers


def _sources(
    path: Path,
    music_root: Path | None,
    known: KnownMeasurements | None,
    headers: Headers | None,
) -> _MusicSources:
    locator = FileLocator(_roots(path, music_root))
    return _MusicSources(locator, known or KnownMeasurements(), headers or Headers())


def _listed_in(reading: _ParsedPlaylist, path: Path, music: _MusicSources) -> list[ResolvedTrack]:
    problems: list[FileProblem] = []
    tracks: list[ResolvedTrack] = []
    for entry in reading.entries:
        try:
            tracks.append(_listed(entry, path, music))
        except LocationError as refused:
            problems += _problems(path, entry, refused)
    if problems or not tracks:
        raise LoadError(in_order(problems)) if problems else no_tracks(shown(path))
    return tracks


class LocatedFiles(NamedTuple):
    """Sound files of a playlist, its entries without one, and what else is wrong with it."""

    files: list[Path]
    missing: list[FileProblem]
    problems: list[FileProblem]


def located_files(path: Path, music_root: Path | None) -> LocatedFiles:
    """Return a playlist's sound files without opening them, even if it can't be used as it is."""
    found = LocatedFiles([], [], [])
    locator = FileLocator(_roots(path, music_root))
    try:
        entries = _read(path).entries
    except LoadError as error:
        found.problems.extend(error.problems)
        entries = _named_in(path)
    for entry in entries:
        try:
            found.files.append(locator.find(entry).path)
        except LocationError as refused:
            found.missing.extend(_problems(path, entry, refused))
    return found


def _named_in(path: Path) -> list[PlaylistEntry]:
    """Return the files that a YAML playlist names, which can't be used for other reasons."""
    if path.suffix not in YAML:
        return []
    try:
        document = parse(read_text(path), shown(path))
    except LoadError:
        return []
    listed = document.at(("tracks",))
    trails = [("tracks", index, "file") for index in range(len(listed or ()))]
    return [
        PlaylistEntry(name, "", "", *document.place(trail), where=document.where(trail[:2]))
        for trail in trails
        if isinstance(name := document.at(trail), str)
    ]


def _roots(path: Path, music_root: Path | None) -> list[Path]:
    return [path.parent.resolve()] + ([music_root.resolve()] if music_root else [])


def _problems(path: Path, entry: PlaylistEntry, refused: LocationError) -> list[FileProblem]:
    """Return the problem of an entry; none where it will have been a comment."""
    if entry.doubtful and isinstance(refused, NoFileError):
        return []
    place = (shown(path), entry.line, entry.column, entry.where)
    return [FileProblem(*place, *_as_written(path, *refused.args))]


def _as_written(path: Path, found: str, expected: str, example: str = "") -> tuple[str, str, str]:
    """Adapt the example to the playlist's format: only YAML has keys."""
    if path.suffix in YAML:
        return found, expected, example
    key, _, name = example.partition("file: ")
    return found, expected, name if not key else ""


def _read(path: Path) -> _ParsedPlaylist:
    if path.suffix in YAML:
        return _from_yaml(parse(read_text(path), shown(path)))
    return _ParsedPlaylist(read_list(path), CROSSFADE)


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
    how = playlist.order, playlist.seed, playlist.repeat
    return _ParsedPlaylist(entries, playlist.crossfade, *how)


def _listed(entry: PlaylistEntry, path: Path, music: _MusicSources) -> ResolvedTrack:
    located = music.locator.find(entry)
    found = _playable(located.path, music)
    whole = found.length
    end = whole if entry.cue_out is None else entry.cue_out
    begin = entry.cue_in or Seconds(0.0)
    if end > whole + _SLACK:
        cue = f"cue_out: {format_seconds(end)} in a file of {format_seconds(whole)}"
        raise LocationError(cue, "a cue_out within the file, or none for its end")
    if begin >= end:
        cue = f"cue_in: {format_seconds(begin)}, but it ends at {format_seconds(end)}"
        raise LocationError(cue, "a cue_in before the end", "cue_in: 0s")
    ends = Seconds(min(end, whole))
    named = _named(entry, located)
    return ResolvedTrack(
        *(shown(path), named, located.path, begin, ends, found.verdict, found.tags.words),
        place=located.place,
    )


def _named(entry: PlaylistEntry, located: LocatedFile) -> PlaylistEntry:
    """Return the entry with title and artist in the encoding that has led to its file."""
    if not entry.foreign:
        return entry
    title = legible(entry.title, located.encoding) or PurePath(located.place).stem
    return replace(entry, title=title, artist=legible(entry.artist, located.encoding))


def _playable(path: Path, music: _MusicSources) -> PlayableFile:
    try:
        return playable(path, music.known, music.headers)
    except UnplayableError as error:
        found = f"{path.name}, which the room can't play: {error}"
        raise LocationError(found, "a sound file, such as FLAC, Opus, MP3 or WAV") from error
