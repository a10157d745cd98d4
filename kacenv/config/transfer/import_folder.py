"""Import of a folder of sound files as a playlist for a person to review."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import yaml

from kacenv.analysis import KnownMeasurements
from kacenv.analysis.energy_estimate import estimated_energy
from kacenv.analysis.header_cache import Headers
from kacenv.analysis.tags import Tags
from kacenv.config.checks.track_warnings import damage_of, sudden_rise
from kacenv.config.house import House
from kacenv.config.load import music_roots
from kacenv.config.playlists.playable_file import PlayableFile, UnplayableError, playable
from kacenv.config.playlists.resolve import tracks_of_text
from kacenv.config.transfer.folder_survey import FolderSurvey, omitted_folder, survey
from kacenv.config.transfer.left_out import SHORTEST, LeftOut, Omission
from kacenv.config.yaml.text_files import is_folder, refuse, shown
from kacenv.core.errors import FileProblem, LoadError
from kacenv.core.plain_text import cleaned_line
from kacenv.core.units import Seconds, format_seconds

_CROSSFADE: Final = 12.0
_PLACES: Final = {Omission.TRASH: "in the trash", Omission.UNFINISHED: "of an unfinished download"}
_LONGEST_NAME: Final = 64
"""Most characters of a new playlist's name, as of a room's."""
_NOT_SLUG: Final = re.compile(r"[^a-z0-9]+")
_LICENCE: Final = re.compile(r"\b(CC0?|[AL]?GPL|MIT|public domain|licen[cs])", re.IGNORECASE)
_NUMBER: Final = re.compile(r"^\d+[\s._-]+(?=\D)")


@dataclass(frozen=True, slots=True)
class ImportedTrack:
    """Sound file for a playlist; `file` is its path in the playlist, `path` that on this disk."""

    file: str
    tags: Tags
    length: Seconds
    energy: int | None
    """Estimate; None if the file hasn't been measured."""
    words: str | None
    """Tag that suggests words, if there is one."""
    path: Path = Path()
    startles: str = ""
    """Where it would startle, in words; "" if nowhere, or if it hasn't been measured."""
    changed: bool = False
    """True if the file is newer than the list from which somebody has listened."""


def survey_folder(folder: Path) -> FolderSurvey:
    """Return the music in `folder` and below, and all other files with the reason for each.

    Raises:
        LoadError: It isn't a folder.
    """
    if not is_folder(folder):
        raise refuse(folder, "no such folder", "a folder with music in it")
    return survey(folder)


def base_of(house: House, folder: Path) -> Path:
    """Return the folder from which playlists of the house name the files in `folder`.

    Raises:
        LoadError: `folder` is outside of all of them, in the trash, or hidden.
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
    base = inside[0].resolve()
    for part in folder.resolve().relative_to(base).parts:
        omitted = omitted_folder(part)
        if omitted:
            where = _PLACES.get(omitted, "in a hidden folder")
            raise refuse(folder, f"a folder {where}", f"a folder outside of {part}; move it first")
    return base


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


@dataclass(frozen=True, slots=True)
class SinglePlaylist:
    """Plan of one playlist to write at `target`, with all the music in it."""

    target: Path
    title: str

    def files(
        self, pieces: Sequence[ImportedTrack], *, listened: bool
    ) -> Iterator[tuple[Path, str]]:
        """Yield its path and its text."""
        yield self.target, playlist_text(self.title, pieces, listened=listened)


def title_of(folder: Path, name: str | None = None) -> str:
    """Return the music's title: `name`, or the folder's."""
    title = cleaned_line((name or folder.resolve().name).replace("_", " ").strip())
    return title[:80] or "Music"


def slug(text: str) -> str:
    """Return a name of small letters, digits and hyphens made from any text."""
    return _NOT_SLUG.sub("-", text.lower()).strip("-")[:_LONGEST_NAME].rstrip("-") or "music"


def look_at(
    files: Iterable[Path], base: Path, known: KnownMeasurements
) -> Iterator[ImportedTrack | LeftOut]:
    """Yield a playlist track for each file, or the reason why it is left out."""
    headers = Headers()
    for path in files:
        real = path.resolve()
        try:
            found = playable(real, known, headers)
        except UnplayableError as error:
            verdict = known.verdict(real)
            silent = verdict and verdict.sound and verdict.sound.silent
            left = (Omission.SILENT, "") if silent else (Omission.DAMAGED, str(error))
            yield LeftOut(path, *left)
            continue
        if unwanted := _unwanted(found):
            yield LeftOut(path, *unwanted)
            continue
        sound = found.verdict.sound if found.verdict else None
        yield ImportedTrack(
            *(str(real.relative_to(base)), found.tags, found.length),
            energy=estimated_energy(sound) if sound else None,
            words=found.tags.words or None,
            path=path,
            startles=sudden_rise(sound) if sound else "",
        )


def _unwanted(found: PlayableFile) -> tuple[Omission, str] | None:
    if found.verdict and (damage := damage_of(found.verdict, Seconds(0.0), found.length)):
        return Omission.DAMAGED, damage
    length = format_seconds(found.length)
    return (Omission.SHORT, length) if found.length < SHORTEST else None


def loadable(
    pieces: Sequence[ImportedTrack], house: House, known: KnownMeasurements
) -> list[ImportedTrack | LeftOut]:
    """Return each piece, or for what `kacenv check` would refuse a playlist with it.

    That somebody has to listen to it first is another matter.

    Raises:
        LoadError: A playlist of all of them would be refused for something else.
    """
    refused: dict[str, LeftOut] = {}
    headers, roots = Headers(), music_roots(house)
    while left := [piece for piece in pieces if piece.file not in refused]:
        text = playlist_text("x", [replace(one, words=None) for one in left], listened=True)
        problems = _problems(text, house.playlist_folder / "x.yaml", roots, (known, headers))
        if not problems:
            break
        for problem in problems:
            piece = _piece_at(text, problem.line, left)
            if piece is None:
                raise LoadError((problem,))
            reason = problem.found.removeprefix(f"{piece.path.name}, which ")
            refused.setdefault(piece.file, LeftOut(piece.path, Omission.REFUSED, reason))
    return [refused.get(piece.file, piece) for piece in pieces]


def _problems(
    text: str,
    path: Path,
    roots: Sequence[Path | None],
    sources: tuple[KnownMeasurements, Headers],
) -> tuple[FileProblem, ...]:
    for root in roots:
        try:
            tracks_of_text(text, path, root, *sources)
        except LoadError as error:
            return error.problems
    return ()


def _piece_at(text: str, line: int, pieces: Sequence[ImportedTrack]) -> ImportedTrack | None:
    """Return the piece that a line of the playlist's text speaks of."""
    begun = sum(one.startswith("  - file: ") for one in text.split("\n")[:line])
    return pieces[begun - 1] if begun else None


def playlist_text(title: str, pieces: Sequence[ImportedTrack], *, listened: bool) -> str:
    """Return the playlist as YAML, with every guess marked.

    `listened` means that a person says to have heard every track without words; tracks whose tags
    suggest words, and those changed since, are still marked for another listening.
    """
    lines = [
        "# Made by `kacenv music import` from what the files say about themselves.",
        "# Go through it: what is marked with ? is a guess, or isn't known.",
        f"title: {scalar(title)}",
        "order: as listed",
        "repeat: yes",
        f"crossfade: {format_seconds(_CROSSFADE)}",
        "tracks:",
    ]
    for piece in pieces:
        lines += _track(piece, listened=listened)
    return "\n".join(lines) + "\n"


def _track(piece: ImportedTrack, *, listened: bool) -> Iterator[str]:
    tags = piece.tags
    yield f"  - file: {scalar(piece.file)}   # {format_seconds(piece.length)}"
    yield f"    title: {scalar(tags.title or _title(piece.file))}"
    artist = scalar(tags.artist) if tags.artist else "unknown   # ? the file doesn't say"
    yield f"    artist: {artist}"
    yield f"    licence: {_licence(tags.licence)}"
    yield f"    instrumental: {_instrumental(piece, listened=listened)}"
    if piece.energy is not None:
        yield f"    energy: {piece.energy}   # ? a guess, from 1 (still) to 5 (intense)"


def _instrumental(piece: ImportedTrack, *, listened: bool) -> str:
    if listened and is_heard(piece):
        return "yes"
    why = f"; its tags say {piece.words}" if piece.words else ""
    why += "; it is newer than the list that you listened to" if listened and piece.changed else ""
    return f"no   # ? listen to the whole of it; without words: yes{why}"


def is_listed(piece: ImportedTrack, text: str) -> bool:
    """Tell if a playlist's text, as an import has written it, has the piece."""
    return f"\n  - file: {scalar(piece.file)}   #" in text


def is_heard(piece: ImportedTrack) -> bool:
    """Tell if somebody's word that all was heard without words may stand for the piece."""
    return piece.words is None and not piece.changed


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
