"""Options common to many commands, in the same words."""

import math
from pathlib import Path
from typing import Annotated, Any

import typer

from kacenv.cli import completion


def room_option(text: str | None) -> Any:
    """Return the option that names a room, else `KACENV_ROOM` does; `text` is its help."""
    return typer.Option(
        "--room", "-r", envvar="KACENV_ROOM", help=text, autocompletion=completion.rooms
    )


HouseOption = Annotated[
    Path | None, typer.Option("--house", help="The folder of rooms/, scenes/ and playlists/.")
]
RoomOption = Annotated[str | None, room_option("The room; see: kacenv rooms")]
JsonOption = Annotated[bool, typer.Option("--json", help="For scripts.")]


def a_number(value: float | None) -> float | None:
    """Return an option's number; NaN, which lies beyond no bound, is refused."""
    if value is not None and math.isnan(value):
        raise typer.BadParameter("nan isn't a number.")
    return value


def print_json(found: Any) -> None:
    """Print data for scripts; letters that the terminal's encoding may lack are escaped."""
    import sys

    from kacenv.core.plain_text import json_text

    plain = sys.stdout.encoding.lower() != "utf-8"
    print(json_text(found, indent=2, plain=plain))
