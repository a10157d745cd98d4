"""`kacenv music import`, `list`, `missing`, `export`, `pack` and `unpack`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kacenv.loader import House
    from kacenv.loader.importing import LeftOut, Piece

HouseOption = Annotated[
    Path | None, typer.Option("--house", help="The folder of rooms/, scenes/ and playlists/.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For scripts.")]


def import_folder(
    folder: Path,
    name: Annotated[str | None, typer.Option("--name", help="The playlist's; e.g. calm.")] = None,
    listened: Annotated[
        bool,
        typer.Option("--listened", help="You have heard every piece, and no words in any."),
    ] = False,
    scan: Annotated[
        bool, typer.Option("--scan/--no-scan", help="Measure the music first, to guess its energy.")
    ] = True,
    house: HouseOption = None,
) -> None:
    """Make a playlist from a folder of music, by what the files say about themselves."""
    from kacenv.loader import House
    from kacenv.loader.importing import Piece, base_of, look_at, music_files, target_of
    from kacenv.music import known_sounds

    home = House.find(house)
    files, base = music_files(folder), base_of(home, folder)
    target = target_of(home, folder, name)
    if scan:
        _scan(files)
    found = list(look_at(files, base, known_sounds()))
    pieces = [one for one in found if isinstance(one, Piece)]
    _write(target, folder, pieces, listened=listened)
    left_out = [one for one in found if not isinstance(one, Piece)]
    _report(target, pieces, left_out, listened=listened)


def _scan(files: list[Path]) -> None:
    """Measure what isn't known yet; what can't be measured is left to `look_at`."""
    from kacenv.cli.measuring import shown_scan
    from kacenv.music import Cache
    from kacenv.music.scan import scan as scan_files

    with Cache() as cache, shown_scan(scan_files(files, cache), len(files), quiet=True) as scanned:
        for _ in scanned:
            pass


def _write(target: Path, folder: Path, pieces: "list[Piece]", *, listened: bool) -> None:
    from kacenv.errors import KacenvError
    from kacenv.loader.files import refuse
    from kacenv.loader.importing import playlist_text

    if not pieces:
        expected = "music that lasts at least half a minute and can be read"
        raise refuse(folder, "no piece that can be played", expected)
    title = folder.resolve().name.replace("_", " ").strip()[:80]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(playlist_text(title, pieces, listened=listened))
    except OSError as error:
        raise KacenvError(f"{target} can't be written ({error.strerror}).") from error


def _report(
    target: Path, pieces: "Sequence[Piece]", left_out: "Sequence[LeftOut]", *, listened: bool
) -> None:
    from kacenv.loader.files import shown
    from kacenv.units import format_seconds

    length = format_seconds(sum(piece.length for piece in pieces))
    print(f"{shown(target)}: {_count(len(pieces), 'piece')}, {length}.")
    for one in left_out:
        print(f"  left out: {shown(one.path)}: {one.reason}")
    untold = sum(not piece.tags.licence for piece in pieces)
    if untold:
        print(f"  {untold} without a licence: find it out, and write it down.")
    worded = [piece for piece in pieces if piece.words]
    for piece in worded:
        print(f"  {piece.file} may have words in it, by its tags ({piece.words}); listen to it")
    if not listened:
        print("  Listen to every piece. Where there are no words, write: instrumental: yes")


def _count(number: int, thing: str) -> str:
    return f"1 {thing}" if number == 1 else f"{number} {thing}s"


def list_playlists(as_json: JsonOption = False, house: HouseOption = None) -> None:
    """List every playlist: how many pieces, how long, and what there is to do."""
    from kacenv.loader import House

    home = House.find(house)
    rows = [_row(home, name) for name in home.playlists()]
    if as_json:
        import json

        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        print(f"{row['name']:<{width}}  {_words(row)}")
    if not rows:
        print("There is no playlist yet. Make one: kacenv music import FOLDER")


def _row(house: "House", name: str) -> dict[str, Any]:
    from kacenv.errors import LoadError
    from kacenv.loader.exporting import house_tracks

    try:
        tracks = house_tracks(house, name)
    except LoadError as error:
        return {"name": name, "problems": len(error.problems)}
    return {
        "name": name,
        "pieces": len(tracks),
        "length": round(sum(track.length for track in tracks), 1),
        "measured": sum(track.sound is not None for track in tracks),
        "problems": 0,
    }


def _words(row: dict[str, Any]) -> str:
    from kacenv.units import format_seconds

    if row["problems"]:
        return f"{_count(row['problems'], 'problem')}; see: kacenv check"
    left = row["pieces"] - row["measured"]
    unmeasured = f"; {left} not measured: kacenv music scan {row['name']}" if left else ""
    return f"{_count(row['pieces'], 'piece')}, {format_seconds(row['length'])}{unmeasured}"


def missing(house: HouseOption = None, as_json: JsonOption = False) -> None:
    """Name every line of every playlist for which there is no file.

    Exits with 0 if there is none, else 1.
    """
    from kacenv.loader import House, house_music

    home = House.find(house)
    files, problems = house_music(home, [])
    if as_json:
        import json

        found = {"found": len(files), "missing": [problem._asdict() for problem in problems]}
        print(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for problem in problems:
            print(f"{problem}\n")
        print(f"{_count(len(files), 'file')} found, {len(problems) or 'none'} missing.")
    sys.exit(1 if problems else 0)


def export_playlist(playlist: str, file: Path, house: HouseOption = None) -> None:
    """Write a playlist for other players: kacenv music export calm calm.m3u8 (or .xspf)."""
    from kacenv.loader import House
    from kacenv.loader.exporting import export, house_tracks

    tracks = house_tracks(House.find(house), playlist)
    export(tracks, playlist, file)
    print(f"{_count(len(tracks), 'piece')} of {playlist} are in {file}.")


def pack_scene(scene: str, archive: Path, house: HouseOption = None) -> None:
    """Pack a scene with its playlists and music: kacenv music pack couple-lozenge out.tar."""
    from kacenv.loader import House
    from kacenv.loader.packing import pack

    manifest = pack(House.find(house), scene, archive)
    size = sum(packed.size for packed in manifest.files) / 1e6
    count = _count(len(manifest.files), "file")
    print(f"{manifest.scene} is in {archive}: {count}, {size:.1f} MB.")
    print(f"On the other machine: kacenv music unpack {archive.name}")


def unpack_scene(archive: Path, house: HouseOption = None) -> None:
    """Take in a packed scene, if it is whole; nothing is ever overwritten."""
    from kacenv.loader import House
    from kacenv.loader.unpacking import unpack

    home = House.find(house)
    done = unpack(home, archive)
    known = f", {len(done.known)} were there already" if done.known else ""
    print(f"{done.scene} is here, whole: {_count(len(done.new), 'new file')}{known}.")
    print(f"See whether it suits your room: kacenv check; kacenv rehearse {done.scene} --room ROOM")
