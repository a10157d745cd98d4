"""Demo: a whole session in three minutes, with its own broker and virtual lamps."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.live import Live

from kacenv.cli.live_view import picture, plain_lines, pulse_line
from kacenv.cli.terminal import terminal_console
from kacenv.config import House, load_room, load_session
from kacenv.devices.lights.simulator.embedded_broker import EmbeddedBroker
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.model.requests import Start
from kacenv.model.room import Broker, Room
from kacenv.server.daemon import hold_room, open_session
from kacenv.server.http.listen import open_api
from kacenv.session.session import Session
from kacenv.system.clock import MonotonicClock

ROOM, SCENE = "demo", "demo"
_FRAME = 0.1
_PULSE = 10.0
"""Interval of lines about sound and light without a terminal (seconds)."""

Show = Callable[[dict[str, Any]], None]


def play(house: Path | None) -> int:
    """Play the demo scene to its end; return 0 on success."""
    return asyncio.run(_play(House.find(house)))


async def _play(house: House) -> int:
    clock = MonotonicClock()
    timeline = await asyncio.to_thread(load_session, house, SCENE, ROOM)
    async with AsyncExitStack() as stack:
        path = stack.enter_context(hold_room(ROOM))
        broker = stack.enter_context(EmbeddedBroker())
        room = _with_broker(load_room(house, ROOM), broker.port)
        lamps = [
            stack.enter_context(VirtualLamp(fixture, clock, broker.port)) for fixture in room.lights
        ]
        session = await stack.enter_async_context(open_session(room, clock))
        await stack.enter_async_context(open_api(session, house, ROOM, path))
        session.submit(Start(timeline))
        heard = await _watch(session)
    return _sum_up(heard, lamps)


def _with_broker(room: Room, port: int) -> Room:
    return room.model_copy(update={"broker": Broker(host="127.0.0.1", port=port)})


async def _watch(session: Session) -> list[dict[str, Any]]:
    """Show the session until it has ended; return every status shown."""
    seen: list[dict[str, Any]] = []
    console = terminal_console()
    if not console.is_terminal:
        return await _follow(session, seen, _plain(seen))
    with Live(console=console, auto_refresh=False) as live:
        return await _follow(session, seen, lambda now: live.update(picture(now), refresh=True))


async def _follow(session: Session, seen: list[dict[str, Any]], show: Show) -> list[dict[str, Any]]:
    while not session.ended.is_set():
        status = asdict(session.status())
        show(status)
        seen.append(status)
        await asyncio.sleep(_FRAME)
    return seen


def _plain(seen: list[dict[str, Any]]) -> Show:
    def show(status: dict[str, Any]) -> None:
        for line in plain_lines(seen[-1] if seen else None, status):
            print(line, flush=True)
        if len(seen) % round(_PULSE / _FRAME) == round(_PULSE / _FRAME / 2):
            print(pulse_line(status), flush=True)

    return show


def _sum_up(seen: list[dict[str, Any]], lamps: list[VirtualLamp]) -> int:
    """Print a summary; return 0 if every phase was reached."""
    sessions = [status["session"] for status in seen if status["session"]["phase"] is not None]
    entered = {session["phase"] for session in sessions}
    tracks = {session["playing"]["title"] for session in sessions if session["playing"]}
    check_ins = [told["text"] for told in seen[-1]["told"] if told["check_in"]]
    loudest = max(peak for status in seen for _, peak in status["meters"].values())
    whole = len(entered) == len(sessions[0]["phases"])
    print(f"\nThe session has ended. Heard: {len(entered)} phases, {len(tracks)} pieces of music,")
    print(f"{len(check_ins)} check-ins; the loudest sample was {loudest:.1f} dBFS.")
    for lamp in lamps:
        print(f"  lamp {lamp.fixture.id}: {len(lamp.received)} messages, now {lamp.setting_now}")
    if not whole:
        print("Not every phase was reached.", file=sys.stderr)
    return 0 if whole else 1
