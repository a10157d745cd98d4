"""`kacenv record`: records of past sessions, and their music."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kacenv.cli import completion
from kacenv.cli.help_text import described
from kacenv.cli.options import JsonOption, print_json, room_option
from kacenv.cli.terminal import say
from kacenv.core.errors import KacenvError

if TYPE_CHECKING:
    from kacenv.session.records import RecordRef, RecordStore, SessionRecord

app = typer.Typer(
    help="Read the record of the last session, or of one before; it tells of nobody in the chairs.",
    **described(
        "What happened in a session; nothing about who was there",
        "record",
        "record --html session.html",
        "record --music",
    ),
)
RoomOption = Annotated[
    str | None,
    room_option("One room's records alone."),
]
IdArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="The record's; kacenv record list shows them.",
        autocompletion=completion.record_ids,
    ),
]
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
    from kacenv.session.records import RecordStore

    cabinet = RecordStore()
    found = cabinet.kept(room)
    if not found:
        raise KacenvError(_NONE)
    _give(cabinet, found[-1], html, as_json=as_json, music=music)


@app.command(**described("Show one of them", "record show 3f9a0c12"))
def show(
    id_: IdArgument,
    as_json: JsonOption = False,
    html: HtmlOption = None,
    music: MusicOption = False,
) -> None:
    """Read the record of one session: kacenv record show 3f9a0c12."""
    from kacenv.session.records import RecordStore

    cabinet = RecordStore()
    _give(cabinet, cabinet.find(id_), html, as_json=as_json, music=music)


@app.command(
    "list", **described("List the records that are kept", "record list", "record list --json")
)
def list_records(room: RoomOption = None, as_json: JsonOption = False) -> None:
    """List the records that are kept, the newest last."""
    from kacenv.session.records import RecordStore

    cabinet = RecordStore()
    found = cabinet.cards(room)
    if as_json:
        whole = [card.model_dump() for _, card in found if card is not None]
        print_json(whole)
        return
    from kacenv.core.units import format_seconds

    for kept, card in found:
        rest = f"{format_seconds(card.length):>9}  {card.scene}" if card else "damaged"
        print(f"{kept.id}  {kept.day}  {kept.room:12}  {rest}")
    if not found:
        print(_NONE)


@app.command(**described("Remove one for good, or all", "record remove 3f9a0c12"))
def remove(
    id_: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", show_default=False, autocompletion=completion.record_ids),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All that there are.")] = False,
    room: RoomOption = None,
) -> None:
    """Remove a record before its time: kacenv record remove 3f9a0c12, or --all (of a --room).

    With --all, ended sessions whose record isn't written yet are removed as well.
    """
    from kacenv.session.records import RecordStore, forget

    cabinet = RecordStore()
    if (id_ is None) is not every:
        raise KacenvError("Which one? Give its id, or --all. To see them: kacenv record list")
    # Journals first: a record that is being written meanwhile is found afterwards.
    waited = forget(cabinet.folder.parent, room) if every else 0
    gone = [cabinet.find(id_)] if id_ is not None else cabinet.kept(room)
    for kept in gone:
        cabinet.remove(kept)
    print("The record is removed." if len(gone) == 1 else f"{len(gone)} records are removed.")
    if waited:
        print("So are sessions of which the record was not written yet.")


def _give(
    cabinet: "RecordStore", kept: "RecordRef", html: Path | None, *, as_json: bool, music: bool
) -> None:
    """Print or copy one record in the format chosen."""
    if sum((html is not None, as_json, music)) > 1:
        raise KacenvError("One at a time: --html, --json or --music.")
    from kacenv.session.records.store import DATA, MUSIC, PAGE

    if html is not None:
        _copy(cabinet.text(kept, PAGE), html)
        print(f"The record is in {html}.")
    elif as_json or music:
        sys.stdout.write(cabinet.text(kept, DATA if as_json else MUSIC))
    else:
        _print(cabinet.read(kept))


def _copy(text: str, file: Path) -> None:
    """Write a copy readable by this user alone; never overwrite."""
    try:
        new = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(new, "w", encoding="utf-8") as copy:
            copy.write(text)
    except OSError as error:
        why = "it is there already" if isinstance(error, FileExistsError) else error.strerror
        raise KacenvError(f"{file} can't be written: {why}. Give another file.") from error


def _print(record: "SessionRecord") -> None:
    from kacenv.session.records.record_text import record_lines

    for line in record_lines(record):
        say(line)
