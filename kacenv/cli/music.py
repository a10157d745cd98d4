"""`kacenv music`: measuring and checking of the clinic's music."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kacenv.cli import completion, playlists
from kacenv.cli.fast_path import send
from kacenv.cli.help_text import described
from kacenv.cli.importing import import_folder
from kacenv.cli.options import HouseOption, JsonOption, print_json, room_option
from kacenv.cli.scan_progress import line_of, shown_scan
from kacenv.model.request_table import BY_KIND

if TYPE_CHECKING:
    from kacenv.analysis.scan import ScanResult

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    **described(BY_KIND["music"].summary, "music", "music scan"),
)
app.command(
    "import",
    **described("Make a playlist from a folder of music", "music import Music/Calm --name calm"),
)(import_folder)
app.command("list", **described("List the playlists: how many pieces, how long", "music list"))(
    playlists.list_playlists
)
app.command(**described("Name every piece that has no file", "music missing"))(playlists.missing)
app.command(
    "export", **described("Write a playlist for other players", "music export calm calm.m3u8")
)(playlists.export_playlist)
app.command(
    "pack", **described("Pack a scene with its music", "music pack couple-lozenge lozenge.tar")
)(playlists.pack_scene)
app.command("unpack", **described("Take in a packed scene", "music unpack lozenge.tar"))(
    playlists.unpack_scene
)


@app.callback(invoke_without_command=True)
def music(
    context: typer.Context,
    room: Annotated[str | None, room_option("The room.")] = None,
) -> None:
    """Bring the music back after kacenv silence; or look after the clinic's music."""
    if context.invoked_subcommand is None:
        send(room, "music")


@app.command(
    **described(
        "Measure every track, so that all play equally loud", "music scan", "music scan calm.m3u8"
    )
)
def scan(
    playlists: Annotated[
        list[str] | None,
        typer.Argument(
            help="Only these playlists: names, or paths of files.",
            show_default=False,
            autocompletion=completion.playlists,
        ),
    ] = None,
    house: HouseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how loud every track is, so that all play equally loud; only new ones take time."""
    from kacenv.analysis import MeasurementCache
    from kacenv.analysis.scan import scan as scan_files
    from kacenv.config import House, house_music

    files, missing, problems = house_music(House.find(house), playlists or [])
    for problem in (*missing, *problems):
        print(f"{problem}\n", file=sys.stderr)
    with MeasurementCache() as cache:
        if cache.rebuilt:
            print("What was measured before is damaged; measuring all again.", file=sys.stderr)
        with shown_scan(scan_files(files, cache), len(files), quiet=as_json) as scanned:
            results = list(scanned)
    if as_json:
        print_json([_entry(one) for one in results])
    else:
        print(_summary(results))
    sys.exit(1 if missing or problems or any(one.sound is None for one in results) else 0)


def _summary(results: "list[ScanResult]") -> str:
    known = sum(one.known and one.sound is not None for one in results)
    unreadable = [one for one in results if one.sound is None]
    counts = f"{len(results) - known - len(unreadable)} measured, {known} known already"
    lines = [line_of(one) for one in unreadable]
    if unreadable:
        counts += f", {len(unreadable)} that can't be played"
    return "\n".join([*lines, f"{_files(len(results))}: {counts}."])


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _entry(one: "ScanResult") -> dict[str, Any]:
    from dataclasses import asdict

    entry: dict[str, Any] = {"path": str(one.path), "known": one.known}
    if one.verdict is None or one.sound is None:
        return entry | {"error": one.reason}
    figures = asdict(one.sound)
    del figures["course"]  # bytes, for pictures
    figures["gaps"] = one.sound.silences
    return entry | figures | asdict(one.verdict.form) | asdict(one.verdict.tags)
