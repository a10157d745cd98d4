"""`kacenv done`, `snooze`, `pass` and `seat`: answers to check-ins, and seats' clocks."""

from typing import Annotated

import typer

from kacenv.cli.fast_path import send
from kacenv.cli.options import RoomOption


def done(
    check_in: Annotated[str | None, typer.Argument(metavar="[CHECK-IN]")] = None,
    room: RoomOption = None,
) -> None:
    """Mark a check-in as done: the one that has been due for longest, or the one named."""
    send(room, "done", check_in=check_in)


def snooze(
    words: Annotated[list[str] | None, typer.Argument(metavar="[CHECK-IN] [TIME]")] = None,
    room: RoomOption = None,
) -> None:
    """Let a check-in come again in 5 minutes, or as long as you say: kacenv snooze 10m."""
    from kacenv.model.request_text import fields_of

    send(room, **fields_of(["snooze", *(words or [])]))


def let_pass(
    check_in: Annotated[str | None, typer.Argument(metavar="[CHECK-IN]")] = None,
    room: RoomOption = None,
) -> None:
    """Let a check-in that is due go by: the one due for longest, or the one named."""
    send(room, "pass", check_in=check_in)


def seat(
    seat: Annotated[str, typer.Argument(metavar="a|b")],
    word: Annotated[str, typer.Argument(metavar="started|reset")],
    room: RoomOption = None,
) -> None:
    """Begin a seat's own clock: kacenv seat a started; reset sets it back."""
    from kacenv.model.request_text import fields_of

    send(room, **fields_of(["seat", seat, word]))
