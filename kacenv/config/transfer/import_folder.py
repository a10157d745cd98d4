"""Import of a folder of sound files as a playlist for a person to review."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from kacenv.analysis import KnownMeasurements
from kacenv.analysis.energy_estimate import estimated_energy
from kacenv.analysis.file_type import kind_of
from kacenv.analysis.header_cache import Headers
from kacenv.analysis.tags import Tags
from kacenv.config.house import House
from kacenv.config.load import music_roots
from kacenv.config.playlists.playable_file import UnplayableError, playable
from kacenv.config.yaml.text_files import refuse, shown
from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds, format_seconds

SHORTEST: Final = Seconds(30.0)
"""Shortest track: below, it is a sound effect, too short for crossfades."""
_CROSSFADE: Final = 12.0
_NOT_SLUG: Final = re.compile(r"[^a-z0-9]+")
_LICENCE: Final = re.compile(r"\b(CC0?|[AL]?GPL|MIT|public domain|licen[cs])", re.IGNORECASE)
_NUMBER: Final = re.compile(r"^\d+[\s._-]+(?=\D)")


@dataclass(frozen=True, slots=True)
class ImportedTrack:
    """Sound file for a playlist; `file` is its path in the playlist."""

    file: str
    tags: Tags
    length: Seconds
    energy: int | None
    """Estimate; None if the file hasn't been measured."""
    words: str | None
    """Tag that suggests words, if there is one."""


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """File that can't be played in a session, with the reason."""

    path: Path
    reason: str


def music_files(folder: Path) -> list[Path]:
    """Return the sound files in `folder` and below, recognised by content, in order.

    Raises:
        LoadError: It isn't a folder, or there is no music in it.
    """
    if not folder.is_dir():
        raise refuse(folder, "no such folder", "a folder with music in it")
    files = [path for path in sorted(folder.rglob("*")) if _is_music(path)]
    if not files:
        raise refuse(folder, "no music", "WAV, FLAC, MP3, Ogg, Opus, M4A or AIFF files")
    return files


def _is_music(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    try:
        kind_of(str(path.resolve()))
    except DeviceError:
        return False
    return True


def base_of(house: House, folder: Path) -> Path:
    """Return the folder from which playlists of the house name the files in `folder`.

    Raises:
        LoadError: `folder` is outside of all of them.
    """
    bases = [house.playlist_folder, *(root for root in music_roots(house) if root)]
    inside = [base for base in bases if folder.resolve().is_relative_to(base.resolve())]
    if not inside:
        raise refuse(
            folder,
            "a folder outside the music's folders",
            f"a folder inside {' or '.join(map(shown, bases))}; copy it there",
            f"cp -r {shown(folder)} {shown(house.playlist_folder)}/",
        )
    return inside[0].resolve()


def target_of(house: House, folder: Path, name: str | None, *, again: bool = False) -> Path:
    """Return the path of the new playlist, by default named after the folder.

    Raises:
        LoadError: The name is taken, and `again` isn't set.
    """
    stem = slug(name or folder.resolve().name)
    if stem in house.playlists() and not again:
        taken = house.playlist(stem) or house.playlist_folder / stem
        expected = "a name that no playlist has yet; nothing is overwritten"
        raise refuse(taken, "a playlist of this name", expected, f"--name {stem}-2")
    return house.playlist_folder / f"{stem}.yaml"


def title_of(folder: Path, name: str | None = None) -> str:
    """Return the music's title: `name`, or the folder's."""
    return (name or folder.resolve().name).replace("_", " ").strip()[:80]


def slug(text: str) -> str:
    """Return a name of small letters, digits and hyphens made from any text."""
    return _NOT_SLUG.sub("-", text.lower()).strip("-") or "music"


def look_at(
    files: Iterable[Path], base: Path, known: KnownMeasurements
) -> Iterator[ImportedTrack | SkippedFile]:
    """Yield a playlist track for each file, or the reason why it is left out."""
    headers = Headers()
    for path in files:
        try:
            found = playable(path.resolve(), known, headers)
        except UnplayableError as error:
            yield SkippedFile(path, str(error))
            continue
        sound = found.verdict.sound if found.verdict else None
        if found.length < SHORTEST:
            wanted = format_seconds(SHORTEST)
            yield SkippedFile(path, f"it lasts {format_seconds(found.length)}, less than {wanted}")
        else:
            file = str(path.resolve().relative_to(base))
            energy = estimated_energy(sound) if sound else None
            yield ImportedTrack(file, found.tags, found.length, energy, found.tags.words or None)


def playlist_text(title: str, pieces: Sequence[ImportedTrack], *, listened: bool) -> str:
    """Return the playlist as YAML, with every guess marked.

    `listened` means that a person has heard every track without words; tracks whose tags suggest
    words are still marked for another listening.
    """
    crossfade = min(_CROSSFADE, min(piece.length for piece in pieces) // 2)
    lines = [
        "# Made by `kacenv music import` from what the files say about themselves.",
        "# Go through it: what is marked with ? is a guess, or isn't known.",
        f"title: {scalar(title)}",
        "order: as listed",
        "repeat: yes",
        f"crossfade: {format_seconds(crossfade)}",
        "tracks:",
    ]
    for piece in pieces:
        lines += _track(piece, listened=listened and piece.words is None)
    return "\n".join(lines) + "\n"


def _track(piece: ImportedTrack, *, listened: bool) -> Iterator[str]:
    tags = piece.tags
    yield f"  - file: {scalar(piece.file)}   # {format_seconds(piece.length)}"
    yield f"    title: {scalar(tags.title or _title(piece.file))}"
    artist = scalar(tags.artist) if tags.artist else "unknown   # ? the file doesn't say"
    yield f"    artist: {artist}"
    yield f"    licence: {_licence(tags.licence)}"
    heard = "yes" if listened else "no   # ? listen to the whole of it; without words: yes"
    why = f"; its tags say {piece.words}" if piece.words else ""
    yield f"    instrumental: {heard}{why}"
    if piece.energy is not None:
        yield f"    energy: {piece.energy}   # ? a guess, from 1 (still) to 5 (intense)"


def _licence(text: str) -> str:
    """Return the file's licence tag, marked if it isn't a known licence's name."""
    if not text:
        return "unknown   # ? the file doesn't say"
    return scalar(text) + ("" if _LICENCE.search(text) else "   # ? is that a licence?")


def _title(file: str) -> str:
    """Return a title from a file name, without suffix, number and underscores."""
    stem = Path(file).stem
    words = " ".join(_NUMBER.sub("", stem).replace("_", " ").split()) or stem
    return (words[0].upper() + words[1:])[:80]


def scalar(text: str) -> str:
    """Return a text as a YAML scalar, quoted if necessary."""
    dumped: str = yaml.safe_dump(text, allow_unicode=True, width=10_000)
    return dumped.removesuffix("\n").removesuffix("...").rstrip("\n")
