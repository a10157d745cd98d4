"""Options common to many commands, in the same words."""

from pathlib import Path
from typing import Annotated

import typer

HouseOption = Annotated[
    Path | None, typer.Option("--house", help="The folder of rooms/, scenes/ and playlists/.")
]
RoomOption = Annotated[
    str | None,
    typer.Option("--room", "-r", envvar="KACENV_ROOM", help="The room; see: kacenv rooms"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="For scripts.")]
