"""Live rehearsal in the terminal: the room's view, many times as fast, and the page's address."""

import asyncio
import math
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from rich.console import Group
from rich.live import Live
from rich.text import Text

from kacenv.cli.keyboard import asks_to_leave, keyboard
from kacenv.cli.live_view import picture, plain_lines
from kacenv.cli.terminal import terminal_console
from kacenv.config import House, load_room, load_session
from kacenv.core.units import Seconds, format_clock
from kacenv.devices.lights.simulator.embedded_broker import HOST
from kacenv.model.requests import Press
from kacenv.rehearsal.simulation import rehearse
from kacenv.server.live_rehearsal import LiveRehearsal, open_rehearsal

_FRAME, _LINE = 0.1, 0.02
"""Refresh intervals in seconds: of the picture, and of lines, which show the time."""
_PART = re.compile(r"(?<=[.!?;])\s+")
_ELSEWHERE = "Commands typed elsewhere drive the real room; here use the page or --at."
Show = Callable[[dict[str, Any]], None]


class RehearsalOptions(NamedTuple):
    """Parameters of a live rehearsal: scene, room, presses at their times, and speed.

    With `record`, the session leaves a record, of the room `NAME-rehearsal`. Its page is at `port`
    of this machine, or at a free one.
    """

    scene: str
    room: str
    presses: Sequence[tuple[Seconds, Press]]
    speed: float
    record: bool = False
    port: int | None = None


def play(house: House, way: RehearsalOptions) -> None:
    """Rehearse the session from its beginning to its end.

    Raises:
        LoadError: Scene or room can't be used.
        RefusedError: A press makes no sense at its time.
        DaemonError: The page can't be served, or the session has broken off.
        KeyboardInterrupt: The user pressed Ctrl-C; everything has been closed.
    """
    if asyncio.run(_play(house, way)) is signal.SIGINT:
        raise KeyboardInterrupt


async def _play(house: House, way: RehearsalOptions) -> signal.Signals | None:
    """Run the rehearsal; return the signal that ended it, if one did."""
    room, timeline = load_room(house, way.room), load_session(house, way.scene, way.room)
    for _ in rehearse(room, timeline, way.presses):
        pass  # a press that would be refused is, before all the rest
    rehearsal = open_rehearsal(house, way.room, room, way.speed, way.port)
    async with rehearsal as live, _left() as left:
        print("\n".join(_introduction(live, way.scene, room.name)), flush=True)
        live.begin(timeline, min((at for at, _ in way.presses), default=Seconds(math.inf)))
        pressing = asyncio.create_task(live.press(way.presses))
        try:
            last = await _watch(live, left)
        finally:
            pressing.cancel()
        how = "Left" if left.is_set() else "The session has ended,"
        print(f"{how} after {format_clock(last)}.", flush=True)
        if way.record:
            print(_recorded(live), flush=True)
    return left.by


def _recorded(live: LiveRehearsal) -> str:
    """Write the record; return where it is, or why there is none."""
    if not live.session.ended.is_set():
        return "No record is kept: the session has not ended."
    kept = live.record()
    if kept is None:
        return "No record is kept: the room's file says so (records: keep:)."
    return f"Its record is one of {kept.room}. To read it: kacenv record show {kept.id}"


def _introduction(live: LiveRehearsal, scene: str, room: str) -> Iterator[str]:
    count = len(live.lamps)
    lamps = "virtual lamps" if count else "no lamps"
    yield f"{scene} in {room}, {live.speed:g} times as fast: no sound, {lamps}."
    if live.no_lamps:
        yield live.no_lamps
    yield f"The tablet's page, with all its keys: {live.address}"
    port = urlsplit(live.address).port
    yield f"To see it on another machine, type there: ssh -L {port}:{HOST}:{port} user@machine"
    yield _ELSEWHERE


class _LeaveRequest(asyncio.Event):
    """Set when the user asks to leave; `by` a signal, or a key."""

    by: signal.Signals | None = None

    def leave(self, number: signal.Signals) -> None:
        self.by = number
        self.set()

    def look_at(self, keyboard: int) -> None:
        if asks_to_leave(keyboard):
            self.set()


@asynccontextmanager
async def _left() -> AsyncIterator[_LeaveRequest]:
    """Yield an event that is set by q, Ctrl-C, or a signal."""
    left, loop = _LeaveRequest(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, left.leave, number)
    with keyboard() as keyboards:
        for keys in keyboards:
            loop.add_reader(keys, left.look_at, keys)
        try:
            yield left
        finally:
            for keys in keyboards:
                loop.remove_reader(keys)


async def _watch(live: LiveRehearsal, left: _LeaveRequest) -> Seconds:
    """Show the session until it has ended or is left; return the time it has reached."""
    reached = Seconds(0.0)
    with _shown(live.address) as (show, pause):
        while not (live.session.ended.is_set() or left.is_set()):
            live.check()
            status = _status(live)
            reached = Seconds(max(0.0, status["at"]))
            show(status)
            await asyncio.sleep(pause)
        show(_status(live))
    return reached


def _status(live: LiveRehearsal) -> dict[str, Any]:
    """Return the room's present status, its messages without commands, as on the page."""
    status = asdict(live.session.status())
    told = ({**line, "text": untyped(line["text"])} for line in status["told"])
    return {**status, "told": [line for line in told if line["text"]]}


def untyped(text: str) -> str:
    """Remove commands from a message: typed elsewhere, they would control the real room."""
    kept = [part for part in _PART.split(text) if ": kacenv " not in part]
    return " ".join(kept).removesuffix(";")


@contextmanager
def _shown(address: str) -> Iterator[tuple[Show, float]]:
    """Yield a function that shows a status, as a picture or new lines; and its interval (s)."""
    console = terminal_console()
    if not console.is_terminal:
        yield _lines(), _LINE
        return
    foot = Text(f"The page: {address}   q leaves", "dim")
    with Live(console=console, auto_refresh=False) as live:

        def show(status: dict[str, Any]) -> None:
            live.update(Group(picture(status, console.width, untyped), foot), refresh=True)

        yield show, _FRAME


def _lines() -> Show:
    seen: list[dict[str, Any]] = []

    def show(status: dict[str, Any]) -> None:
        for line in plain_lines(seen[-1] if seen else None, status):
            print(line)
        sys.stdout.flush()
        seen[:] = [status]

    return show
