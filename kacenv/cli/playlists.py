"""`kacenv music list`, `missing`, `export`, `pack` and `unpack`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kacenv.cli import completion
from kacenv.cli.options import HouseOption, JsonOption, print_json
from kacenv.cli.terminal import say

if TYPE_CHECKING:
    from kacenv.config import House
    from kacenv.core.errors import FileProblem


def _count(number: int, thing: str) -> str:
    return f"1 {thing}" if number == 1 else f"{number} {thing}s"


def list_playlists(as_json: JsonOption = False, house: HouseOption = None) -> None:
    """List every playlist: how many pieces, how long, and what there is to do."""
    from kacenv.config import House

    home = House.find(house)
    rows = [_row(home, name) for name in home.playlists()]
    if as_json:
        print_json(rows)
        return
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        say(f"{row['name']:<{width}}  {_words(row)}")
    if not rows:
        print("There is no playlist yet. Make one: kacenv music import FOLDER")


def _row(house: "House", name: str) -> dict[str, Any]:
    from kacenv.config.transfer.export import house_tracks
    from kacenv.core.errors import LoadError

    try:
        tracks = house_tracks(house, name)
    except LoadError as error:
        return {"name": name, "problems": len(error.problems)}
    return {
        "name": name,
        "pieces": len(tracks),
        "length": round(sum(track.length for track in tracks), 1),
        "measured": sum(track.judged for track in tracks),
        "problems": 0,
    }


def _words(row: dict[str, Any]) -> str:
    from kacenv.core.units import format_seconds

    if row["problems"]:
        return f"{_count(row['problems'], 'problem')}; see: kacenv check"
    left = row["pieces"] - row["measured"]
    unmeasured = f"; {left} not measured: kacenv music scan {row['name']}" if left else ""
    return f"{_count(row['pieces'], 'piece')}, {format_seconds(row['length'])}{unmeasured}"


def missing(house: HouseOption = None, as_json: JsonOption = False) -> None:
    """Name every line of every playlist for which there is no file.

    Exits with 0 if there is none and every playlist can be used, else with 1.
    """
    from kacenv.config import House, house_music

    home = House.find(house)
    files, gone, problems = house_music(home, [])
    if as_json:
        print_json({"found": len(files), "missing": _as_data(gone), "problems": _as_data(problems)})
    else:
        for problem in gone:
            print(f"{problem}\n")
        print(f"{_count(len(files), 'file')} found, {len(gone) or 'none'} missing.")
        _tell_others({problem.file for problem in problems})
    sys.exit(1 if gone or problems else 0)


def _as_data(problems: "list[FileProblem]") -> list[dict[str, Any]]:
    return [problem._asdict() for problem in problems]


def _tell_others(files: set[str]) -> None:
    """Name the files that have other problems; some may keep lines from being read."""
    if files:
        say(f"Other problems in {', '.join(sorted(files))}; see: kacenv check")


def export_playlist(
    playlist: Annotated[str, typer.Argument(autocompletion=completion.playlists)],
    file: Path,
    house: HouseOption = None,
) -> None:
    """Write a playlist for other players: kacenv music export calm calm.m3u8 (or .xspf)."""
    from kacenv.config import House
    from kacenv.config.transfer.export import export, house_tracks

    tracks = house_tracks(House.find(house), playlist)
    title = Path(playlist).stem if "/" in playlist else playlist
    export(tracks, title, file)
    say(f"{_count(len(tracks), 'piece')} of {playlist} are in {file}.")


def pack_scene(
    scene: Annotated[str, typer.Argument(autocompletion=completion.scenes)],
    archive: Path,
    house: HouseOption = None,
) -> None:
    """Pack a scene with its playlists and music: kacenv music pack couple-lozenge out.tar."""
    from kacenv.config import House
    from kacenv.config.transfer.pack import pack

    manifest = pack(House.find(house), scene, archive)
    size = sum(packed.size for packed in manifest.files) / 1e6
    count = _count(len(manifest.files), "file")
    say(f"{manifest.scene} is in {archive}: {count}, {size:.1f} MB.")
    say(f"On the other machine: kacenv music unpack {archive.name}")


def unpack_scene(archive: Path, house: HouseOption = None) -> None:
    """Take in a packed scene, if it is whole; nothing is ever overwritten."""
    from kacenv.config import House
    from kacenv.config.transfer.unpack import unpack

    home = House.own(house)
    done = unpack(home, archive)
    known = f", {len(done.known)} were there already" if done.known else ""
    say(f"{done.scene} is here, whole: {_count(len(done.new), 'new file')}{known}.")
    print(f"See whether it suits your room: kacenv check; kacenv rehearse {done.scene} --room ROOM")
