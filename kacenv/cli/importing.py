"""`kacenv music import`: playlists, or a whole scene, from a folder of music."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from kacenv.cli import completion
from kacenv.cli.options import HouseOption
from kacenv.cli.scan_progress import judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kacenv.config import House
    from kacenv.config.transfer.assign_to_phases import ShortPlaylist
    from kacenv.config.transfer.import_folder import ImportedTrack, SkippedFile


def import_folder(  # noqa: PLR0913, PLR0917 - one for each option
    folder: Path,
    name: Annotated[str | None, typer.Option("--name", help="The playlist's; e.g. calm.")] = None,
    listened: Annotated[
        bool,
        typer.Option("--listened", help="You have heard every piece, and no words in any."),
    ] = False,
    scan: Annotated[
        bool, typer.Option("--scan/--no-scan", help="Measure the music first, to guess its energy.")
    ] = True,
    scene: Annotated[
        str | None,
        typer.Option(
            "--scene",
            help="Deal it to the phases of a scene like this one.",
            autocompletion=completion.scenes,
        ),
    ] = None,
    house: HouseOption = None,
) -> None:
    """Make a playlist from a folder of music, by what the files say about themselves.

    With --scene couple-lozenge, each phase of it gets a playlist, the calmest pieces where it is
    calmest, and a new scene like that one plays them.
    """
    from kacenv.config import House

    task = _Import(House.own(house), folder, name, listened, scan)
    if scene is None:
        _to_playlist(task)
    else:
        _to_scene(task, scene)


class _Import(NamedTuple):
    """Parameters of an import."""

    home: "House"
    folder: Path
    name: str | None
    listened: bool
    scan: bool


def _to_playlist(task: _Import) -> None:
    from kacenv.config.transfer.import_folder import (
        base_of,
        music_files,
        playlist_text,
        target_of,
        title_of,
    )

    paths, base = music_files(task.folder), base_of(task.home, task.folder)
    target = target_of(task.home, task.folder, task.name, again=task.listened)
    pieces, left_out = _looked_at(task, paths, base)
    title = title_of(task.folder, task.name)
    unheard = {target: playlist_text(title, pieces, listened=False)}
    _write(task, {target: playlist_text(title, pieces, listened=task.listened)}, unheard)
    _report(target, pieces, left_out, listened=task.listened)
    print("No scene plays it yet. Name it in one, or have one made with: --scene couple-lozenge")


def _to_scene(task: _Import, scene: str) -> None:
    from kacenv.config.transfer.assign_to_phases import PhaseAssignment
    from kacenv.config.transfer.import_folder import base_of, music_files

    paths, base = music_files(task.folder), base_of(task.home, task.folder)
    dealing = PhaseAssignment(task.home, task.folder, task.name, scene, again=task.listened)
    dealing.must_suffice(len(paths))
    pieces, left_out = _looked_at(task, paths, base)
    texts = dict(dealing.files(pieces, listened=task.listened))
    _write(task, texts, dict(dealing.files(pieces, listened=False)))
    _report(task.folder, pieces, left_out, listened=task.listened)
    _say_what_is_written(texts, dealing.thin(pieces))
    if task.listened:
        print(f"What now:\n  kacenv check\n  kacenv rehearse {dealing.scene} --room ROOM")


def _looked_at(
    task: _Import, paths: "list[Path]", base: Path
) -> "tuple[list[ImportedTrack], list[SkippedFile]]":
    from kacenv.analysis import known_measurements
    from kacenv.config.transfer.import_folder import ImportedTrack, look_at
    from kacenv.config.yaml.text_files import refuse

    if task.scan:
        judged(paths)
    found = list(look_at(paths, base, known_measurements()))
    pieces = [one for one in found if isinstance(one, ImportedTrack)]
    if not pieces:
        expected = "music that lasts at least half a minute and can be read"
        raise refuse(task.folder, "no piece that can be played", expected)
    return pieces, [one for one in found if not isinstance(one, ImportedTrack)]


def _write(task: _Import, texts: dict[Path, str], unheard: dict[Path, str]) -> None:
    """Write all of the files or none; overwrite only files that are still `unheard`."""
    from kacenv.core.errors import KacenvError

    there = {path: path.read_text("utf-8") for path in texts if path.exists()}
    _refuse_edited(task, [path for path, text in there.items() if text != unheard[path]])
    written: list[Path] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w" if path in there else "x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            _put_back(path, there.get(path))
        raise KacenvError(f"{path} can't be written ({error.strerror}).") from error


def _refuse_edited(task: _Import, paths: list[Path]) -> None:
    from kacenv.config.transfer.import_folder import slug
    from kacenv.config.yaml.text_files import refuse

    if paths:
        found = "something else than an import without --listened has written"
        expected = "a name that nothing has yet; nothing of yours is overwritten"
        name = slug(task.name or task.folder.resolve().name)
        raise refuse(paths[0], found, expected, f"--name {name}-2")


def _put_back(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(text, "utf-8")


def _report(
    what: Path,
    pieces: "Sequence[ImportedTrack]",
    left_out: "Sequence[SkippedFile]",
    *,
    listened: bool,
) -> None:
    from kacenv.config.yaml.text_files import shown
    from kacenv.core.units import format_seconds

    length = format_seconds(sum(piece.length for piece in pieces))
    print(f"{shown(what)}: {_count(len(pieces), 'piece')}, {length}.")
    for one in left_out:
        print(f"  left out: {shown(one.path)}: {one.reason}")
    untold = sum(not piece.tags.licence for piece in pieces)
    if untold:
        print(f"  {untold} without a licence: find it out, and write it down.")
    for piece in pieces:
        if piece.words:
            print(f"  {piece.file} may have words in it, by its tags ({piece.words}); listen to it")
    if not listened:
        print("  Listen to every piece. Where there are no words, write: instrumental: yes")
        print("  Or, once you have heard all of it: the same again with --listened")


def _say_what_is_written(texts: dict[Path, str], thin: "Iterable[ShortPlaylist]") -> None:
    from kacenv.config.yaml.text_files import shown
    from kacenv.core.units import format_seconds

    *playlists, made = texts
    print(f"Written: {shown(made)}, which plays {_count(len(playlists), 'playlist')}:")
    for path in playlists:
        print(f"  {shown(path)}: {_count(texts[path].count('  - file: '), 'piece')}")
    for one in thin:
        length, wanted = format_seconds(one.length), format_seconds(one.wanted)
        print(f"  {one.playlist} has {length} of music for {wanted}, and will repeat; add to it.")


def _count(number: int, thing: str) -> str:
    return f"1 {thing}" if number == 1 else f"{number} {thing}s"
