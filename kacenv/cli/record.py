"""`kacenv record`: what the sessions before were, and the music for people to take along."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kacenv.errors import KacenvError

if TYPE_CHECKING:
    from kacenv.record import Kept, SessionRecord, Shelf

app = typer.Typer(
    help="Read the record of the last session, or of one before; it tells of nobody in the chairs.",
)
RoomOption = Annotated[
    str | None,
    typer.Option("--room", "-r", envvar="KACENV_ROOM", help="One room's records alone."),
]
IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="The record's; kacenv record list shows them.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For scripts.")]
HtmlOption = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Copy its page to this file.")
]
MusicOption = Annotated[
    bool, typer.Option("--music", help="The music alone, for the people to take along.")
]
_NONE = "There is no record yet. One is written whenever a session ends."


@app.callback(invoke_without_command=True)
def last(
    context: typer.Context,
    room: RoomOption = None,
    as_json: JsonOption = False,
    html: HtmlOption = None,
    music: MusicOption = False,
) -> None:
    """Read the record of the last session: phases, music, presses, check-ins, faults.

    E.g. kacenv record --html session.html; kacenv record --music; kacenv record show ID
    """
    if context.invoked_subcommand is not None:
        return
    from kacenv.record import Shelf

    shelf = Shelf()
    found = shelf.kept(room)
    if not found:
        raise KacenvError(_NONE)
    _give(shelf, found[-1], html, as_json=as_json, music=music)


@app.command()
def show(
    id_: IdArgument,
    as_json: JsonOption = False,
    html: HtmlOption = None,
    music: MusicOption = False,
) -> None:
    """Read the record of one session: kacenv record show 3f9a0c12."""
    from kacenv.record import Shelf

    shelf = Shelf()
    _give(shelf, shelf.find(id_), html, as_json=as_json, music=music)


@app.command("list")
def list_records(room: RoomOption = None, as_json: JsonOption = False) -> None:
    """List the records that are kept, the newest last."""
    from kacenv.record import Shelf

    shelf = Shelf()
    found = [shelf.card(kept) for kept in shelf.kept(room)]
    if as_json:
        print(json.dumps([card.model_dump() for card in found], indent=2, ensure_ascii=False))
        return
    from kacenv.units import format_seconds

    for card in found:
        length = format_seconds(card.length)
        print(f"{card.id}  {card.date}  {card.room:12}  {length:>9}  {card.scene}")
    if not found:
        print(_NONE)


@app.command()
def remove(
    id_: Annotated[str | None, typer.Argument(metavar="[ID]", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="All that there are.")] = False,
    room: RoomOption = None,
) -> None:
    """Remove a record before its time: kacenv record remove 3f9a0c12, or --all (of a --room)."""
    from kacenv.record import Shelf

    shelf = Shelf()
    if (id_ is None) is not every:
        raise KacenvError("Which one? Give its id, or --all. To see them: kacenv record list")
    gone = [shelf.find(id_)] if id_ is not None else shelf.kept(room)
    for kept in gone:
        shelf.remove(kept)
    print("The record is removed." if len(gone) == 1 else f"{len(gone)} records are removed.")


def _give(shelf: "Shelf", kept: "Kept", html: Path | None, *, as_json: bool, music: bool) -> None:
    """One record, in the one way that was asked for."""
    if sum((html is not None, as_json, music)) > 1:
        raise KacenvError("One at a time: --html, --json or --music.")
    from kacenv.record.shelf import DATA, MUSIC, PAGE

    if html is not None:
        _copy(shelf.text(kept, PAGE), html)
        print(f"The record is in {html}.")
    elif as_json or music:
        sys.stdout.write(shelf.text(kept, DATA if as_json else MUSIC))
    else:
        _print(shelf.read(kept))


def _copy(text: str, file: Path) -> None:
    """Write a copy, never over something else."""
    try:
        with file.open("x", encoding="utf-8") as copy:
            copy.write(text)
    except OSError as error:
        why = "it is there already" if isinstance(error, FileExistsError) else error.strerror
        raise KacenvError(f"{file} can't be written: {why}. Give another file.") from error


def _print(record: "SessionRecord") -> None:
    from kacenv.record.words import record_lines

    print("\n".join(record_lines(record)))
