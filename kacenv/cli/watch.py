"""`kacenv watch`: live view of a running room, in a terminal, a pipe or a script."""

import sys
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from kacenv.cli.keyboard import asks_to_leave, keyboard
from kacenv.cli.options import room_option
from kacenv.core.plain_text import json_text

_FRAME: Final = 0.25
"""Refresh interval of the clocks in seconds; changes are shown at once."""
_QUIET: Final = 3600.0


def watch(
    room: Annotated[
        str | None,
        room_option("The room, if several are running."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="A line for each change, for scripts.")
    ] = False,
) -> None:
    """Watch a running room: arc, music, check-ins, seats, lamps. q leaves; the room goes on.

    E.g. kacenv watch --room garden, or kacenv watch --json | jq .session.phase
    """
    from kacenv.server.client import the_room
    from kacenv.server.event_client import EventClient

    with EventClient(the_room(room)) as feed:
        try:
            if as_json:
                _as_json(feed)
            elif sys.stdout.isatty():
                _as_picture(feed)
            else:
                _as_lines(feed)
        except KeyboardInterrupt:
            return


def _as_json(feed: Any) -> None:
    while True:
        print(json_text(line_of(feed)), flush=True)
        while not feed.wait(_QUIET):
            pass


def line_of(feed: Any) -> dict[str, Any]:
    """Return the room's status for a script, or since when the connection has been lost."""
    if feed.lost_since is not None:
        return {"event": "lost", "since": feed.lost_since.isoformat(timespec="seconds")}
    return {"event": "status", **feed.status}


def _as_lines(feed: Any) -> None:
    from kacenv.cli.live_view import plain_lines

    before: dict[str, Any] | None = None
    while True:
        if feed.lost_since is not None:
            print(f"No link since {_time_of_day(feed.lost_since)}; trying again.", flush=True)
        else:
            for line in plain_lines(before, feed.status):
                print(line, flush=True)
            before = feed.status
        while not feed.wait(_QUIET):
            pass


def _as_picture(feed: Any) -> None:
    from rich.live import Live

    from kacenv.cli.terminal import terminal_console

    console = terminal_console()
    with keyboard() as keyboards, Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            live.update(screen(feed, console.width), refresh=True)
            feed.wait(_FRAME, keyboards)
            if any(asks_to_leave(key) for key in keyboards):
                return


def screen(feed: Any, width: int) -> Any:
    """Return the room's view, or its last one with the time of the connection's loss."""
    from rich.console import Group
    from rich.styled import Styled
    from rich.text import Text

    from kacenv.cli.live_view import picture
    from kacenv.core.units import format_clock

    shown = picture(feed.status, width)
    if feed.lost_since is None:
        return Group(shown, Text("q leaves; the room goes on", "dim"))
    span = format_clock((datetime.now(UTC) - feed.lost_since).total_seconds())
    banner = (
        f"No link since {_time_of_day(feed.lost_since)} ({span}). "
        "The room goes on by itself; this is how it was then."
    )
    return Group(Text(banner, "bold #e8a25c"), Styled(shown, "dim"))


def _time_of_day(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M}"
