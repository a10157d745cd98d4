"""`kacenv music import`: a clinic's own music, from a folder to playlists, or to a whole scene."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kacenv.loader.importing import LeftOut, Piece


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
        typer.Option("--scene", help="Deal it to the phases of a scene like this one."),
    ] = None,
    house: Annotated[
        Path | None, typer.Option("--house", help="The folder of rooms/, scenes/ and playlists/.")
    ] = None,
) -> None:
    """Make a playlist from a folder of music, by what the files say about themselves.

    With --scene couple-lozenge, each phase of it gets a playlist, the calmest pieces where it is
    calmest, and a new scene like that one plays them.
    """
    from kacenv.loader import House
    from kacenv.loader.dealing import Dealing
    from kacenv.loader.importing import base_of, music_files, playlist_text, target_of, title_of

    home = House.find(house)
    paths, base = music_files(folder), base_of(home, folder)
    dealing = None if scene is None else Dealing(home, folder, name, scene)
    target = target_of(home, folder, name) if scene is None else None
    if scan:
        _scan(paths)
    pieces, left_out = _looked_at(folder, paths, base)
    if target is not None:
        text = playlist_text(title_of(folder), pieces, listened=listened)
        _write({target: text})
        _report(target, pieces, left_out, listened=listened)
        print(
            "No scene plays it yet. Name it in one, or have one made with: --scene couple-lozenge"
        )
    if dealing is not None:
        texts = dict(dealing.files(pieces, listened=listened))
        _write(texts)
        _report(folder, pieces, left_out, listened=listened)
        _say_what_now(texts, dealing.scene, listened=listened)


def _scan(files: list[Path]) -> None:
    """Measure what isn't known yet; what can't be measured is left to `look_at`."""
    from kacenv.cli.measuring import shown_scan
    from kacenv.music import Cache
    from kacenv.music.scan import scan as scan_files

    with Cache() as cache, shown_scan(scan_files(files, cache), len(files), quiet=True) as scanned:
        for _ in scanned:
            pass


def _looked_at(
    folder: Path, paths: "list[Path]", base: Path
) -> "tuple[list[Piece], list[LeftOut]]":
    from kacenv.loader.files import refuse
    from kacenv.loader.importing import Piece, look_at
    from kacenv.music import known_sounds

    found = list(look_at(paths, base, known_sounds()))
    pieces = [one for one in found if isinstance(one, Piece)]
    if not pieces:
        expected = "music that lasts at least half a minute and can be read"
        raise refuse(folder, "no piece that can be played", expected)
    return pieces, [one for one in found if not isinstance(one, Piece)]


def _write(texts: dict[Path, str]) -> None:
    """All of the files, or none; nothing that is there is touched."""
    from kacenv.errors import KacenvError

    written: list[Path] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise KacenvError(f"{path} can't be written ({error.strerror}).") from error


def _report(
    what: Path, pieces: "Sequence[Piece]", left_out: "Sequence[LeftOut]", *, listened: bool
) -> None:
    from kacenv.loader.files import shown
    from kacenv.units import format_seconds

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
        print("  Or, once you have heard all of it: the same with --listened, and another --name")


def _say_what_now(texts: dict[Path, str], scene: str, *, listened: bool) -> None:
    from kacenv.loader.files import shown

    *playlists, made = texts
    print(f"Written: {shown(made)}, which plays {_count(len(playlists), 'playlist')}:")
    for path in playlists:
        print(f"  {shown(path)}: {_count(texts[path].count('  - file: '), 'piece')}")
    if listened:
        print(f"What now:\n  kacenv check\n  kacenv rehearse {scene} --room ROOM")


def _count(number: int, thing: str) -> str:
    return f"1 {thing}" if number == 1 else f"{number} {thing}s"
