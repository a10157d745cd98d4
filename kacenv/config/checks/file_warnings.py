"""Warnings about files: duplicate, unused, and checked without a house or a room."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from kacenv.analysis.foreign_types import is_called_music
from kacenv.config.checks.cross_file import ScenePlan
from kacenv.config.checks.track_warnings import LintWarning, WarningRule
from kacenv.config.house import YAML, FileKind, House, is_list
from kacenv.config.playlists.resolved_track import ResolvedTrack
from kacenv.config.transfer.folder_survey import omitted_folder
from kacenv.config.yaml.text_files import any_of, shown
from kacenv.core.plain_text import cleaned, is_utf8

_NAME_ONE: Final = "name one: --house FOLDER"


def file_warnings(
    house: House, plans: Iterable[ScenePlan] | None, tracks: Sequence[ResolvedTrack] | None
) -> Iterator[LintWarning]:
    """Yield warnings about unused and hidden files.

    `plans` are all scenes, None if one couldn't be read; likewise all `tracks`, which are needed to
    tell what is unused.
    """
    yield from _hidden(house)
    yield from _unnameable(house)
    if plans is not None:
        yield from _unused_playlists(house, plans)
    if tracks is not None:
        yield from _unused_music(house, tracks)


def repeated_tracks(tracks: Sequence[ResolvedTrack]) -> Iterator[LintWarning]:
    """Yield warnings about tracks that a playlist lists twice, by path or by sound."""
    by_path: dict[Path, ResolvedTrack] = {}
    by_sound: dict[object, ResolvedTrack] = {}
    for track in tracks:
        same = by_path.setdefault(track.path, track)
        stretch = track.begin, track.end
        if same is not track and (same.begin, same.end) == stretch:
            text = f"{track.path.name} is in this playlist already, on line {same.entry.line}"
            yield _at(track, text)
        elif same is track and track.sound is not None and not track.sound.silent:
            twin = by_sound.setdefault((track.sound, stretch), track)
            if twin is not track:
                yield _at(
                    track, f"{track.path.name} is the same music as {twin.path.name}, line"
                    f" {twin.entry.line}"
                )  # fmt: skip


def unchecked_warnings(
    house: House, plans: Iterable[ScenePlan], unopened: Iterable[str], *, with_rooms: bool
) -> Iterator[LintWarning]:
    """Return a warning for each scene without a room or house, and each playlist without a house.

    `unopened` are the files of playlists that couldn't be used.
    """
    text = _about_scenes(house, with_rooms=with_rooms)
    if text:
        yield from (_unchecked(plan.document.file, text) for plan in plans)
    if not house.is_there:
        text = f"no house, so its music is looked for beside this file alone; {_NAME_ONE}"
        yield from (_unchecked(file, text) for file in unopened)


def _about_scenes(house: House, *, with_rooms: bool) -> str:
    if not house.is_there:
        parts = "its playlists aren't" if with_rooms else "its playlists, looks and chimes aren't"
        return f"no house to hold it against, so {parts} checked; {_NAME_ONE}"
    if with_rooms:
        return ""
    return "no room to hold it against, so its looks and chimes aren't checked; see: kacenv rooms"


def _unchecked(file: str, text: str) -> LintWarning:
    return LintWarning(file, 1, 1, text, WarningRule.UNCHECKED)


def _at(track: ResolvedTrack, text: str) -> LintWarning:
    return LintWarning(track.file, track.entry.line, track.entry.column, text, WarningRule.TWICE)


def _hidden(house: House) -> Iterator[LintWarning]:
    """Yield files hidden by another one of the same name."""
    for folder in ("rooms", "scenes", "playlists"):
        for path in sorted((house.root / folder).glob(f"*{YAML[1]}")):
            first = path.with_suffix(YAML[0])
            if first.exists():
                text = f"isn't read, as {first.name} stands before it; rename or delete one of them"
                yield LintWarning(shown(path), 1, 1, text, WarningRule.TWICE)


def _unnameable(house: House) -> Iterator[LintWarning]:
    """Yield files and folders that no text can name, or whose names drive a terminal."""
    found = (
        Path(folder, name)
        for kind in FileKind
        for folder, folders, names in os.walk(house.root / kind)
        for name in (*sorted(names), *folders)
        if cleaned(name) != name and (name in folders or _is_named_by_people(Path(name)))
    )
    for path in found:
        what = "signs that can't be shown" if is_utf8(path.name) else "letters that aren't UTF-8"
        text = f"its name has {what}, so no playlist or command can name it; rename it"
        yield LintWarning(shown(path), 1, 1, text, WarningRule.NAME)


def _is_named_by_people(path: Path) -> bool:
    return is_list(path) or path.suffix in YAML or is_called_music(path.suffix)


def _unused_playlists(house: House, plans: Iterable[ScenePlan]) -> Iterator[LintWarning]:
    used = {name for plan in plans for name in plan.playlists()}
    for name in house.playlists():
        path = house.playlist(name)
        if name not in used and path is not None:
            yield LintWarning(shown(path), 1, 1, "no scene uses this playlist", WarningRule.UNUSED)


def _unused_music(house: House, tracks: Sequence[ResolvedTrack]) -> Iterator[LintWarning]:
    used = {str(track.path) for track in tracks}
    for folder, folders, names in os.walk(house.playlist_folder):
        folders[:] = [name for name in folders if omitted_folder(name) is None]
        real = os.path.realpath(folder)
        music = (name for name in names if is_called_music(Path(name).suffix) and name[0] != ".")
        left = sorted(name for name in music if f"{real}/{name}" not in used)
        left = [name for name in left if os.path.realpath(f"{real}/{name}") not in used]
        if left:
            text = f"in no playlist: {any_of(left)}"
            yield LintWarning(shown(Path(folder)), 1, 1, text, WarningRule.UNUSED)
