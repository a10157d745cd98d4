"""The daemon: one room's session with its devices, and the socket that surfaces speak to."""

import asyncio
import fcntl
import grp
import logging
import os
import signal
import socket
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO

import uvicorn

from kacenv.api import make_app
from kacenv.audio import RoomAudio
from kacenv.chimes import MidiChimes
from kacenv.clock import Clock, MonotonicClock
from kacenv.commands import Crossfade
from kacenv.errors import DaemonError
from kacenv.lights.rig import Rig
from kacenv.loader import House, load_room, load_session
from kacenv.places import run_folder
from kacenv.requests import Start
from kacenv.room import Room
from kacenv.session import Session, lacks_staff_sound
from kacenv.units import Seconds

_log = logging.getLogger(__name__)
PARTING = Seconds(1.5)
"""When the daemon is told to leave, the music fades out in this time."""
_LAST_WORDS = 2
"""Seconds for requests that are still under way then."""


@asynccontextmanager
async def open_session(room: Room, clock: Clock) -> AsyncIterator[Session]:
    """The room's session with all its devices, opened in order and closed in reverse."""
    with ExitStack() as stack:
        session = Session(room, clock)
        sound = RoomAudio(room, clock, session.report)
        stack.callback(sound.close)
        sound.start()
        session.sound = sound
        if room.midi.chimes:
            chimes = MidiChimes(room.midi.chimes, clock)
            stack.callback(chimes.close)
            session.chimes = chimes
        if room.lights:
            rig = Rig(room, clock, session.tell)
            stack.callback(rig.close)
            rig.start()
            session.light = rig
        if lacks_staff_sound(room):
            session.tell("No output is for staff: their check-ins show here without a chime.")
        life = asyncio.create_task(session.run())
        try:
            yield session
        finally:
            life.cancel()
            with suppress(asyncio.CancelledError):
                await life
            await _part(session, sound)


async def _part(session: Session, sound: RoomAudio) -> None:
    """Leave no music cut off."""
    if not session.is_idle:
        sound.perform(Crossfade(None, session.clock.now(), PARTING))
        await asyncio.sleep(PARTING)


@asynccontextmanager
async def open_api(session: Session, house: House, room: str, path: Path) -> AsyncIterator[None]:
    """The API of a session on the socket `path`; scenes are loaded for the room file `room`."""

    async def begin(scene: str) -> str:
        timeline = await asyncio.to_thread(load_session, house, scene, room)
        return session.submit(Start(timeline))

    with _socket(path, session.room.surfaces.socket_group) as listener:
        app = make_app(session, begin)
        config = uvicorn.Config(
            app,
            log_config=None,
            lifespan="off",
            access_log=False,
            timeout_graceful_shutdown=_LAST_WORDS,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield
        finally:
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """A server that leaves signals to the daemon."""

    def capture_signals(self) -> nullcontext[None]:  # type: ignore[override] # the same use
        return nullcontext()


async def serve(house: House, room: str) -> None:
    """Run the room of the file `room` until SIGTERM or SIGINT.

    Raises:
        LoadError: the room's file can't be used.
        DaemonError: another daemon has this room.
    """
    leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave.set)
    place = load_room(house, room)
    with hold_room(place.name) as path:
        async with (
            open_session(place, MonotonicClock()) as session,
            open_api(session, house, room, path),
        ):
            _log.info("the room %s is ready", place.name)
            await leave.wait()
    _log.info("the room %s is left", place.name)


@contextmanager
def hold_room(name: str) -> Iterator[Path]:
    """The room's socket path, held against any other daemon.

    Raises:
        DaemonError: another daemon has this room.
    """
    folder = run_folder()
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        _lock(lock, name)
        path = folder / f"{name}.sock"
        path.unlink(missing_ok=True)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


def _lock(lock: IO[str], name: str) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DaemonError(
            f"The room {name} is already being run by another kacenv. "
            "Use it as it is, or end it first."
        ) from None


@contextmanager
def _socket(path: Path, group: str | None) -> Iterator[socket.socket]:
    """A listening Unix socket for the daemon's own user and, where named, a group."""
    with socket.socket(socket.AF_UNIX) as listener:
        mask = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(mask)
        if group is not None:
            _admit(path, group)
        listener.listen()
        yield listener


def _admit(path: Path, group: str) -> None:
    try:
        os.chown(path, -1, grp.getgrnam(group).gr_gid)
    except (KeyError, PermissionError):
        raise DaemonError(
            f"The group {group} can't be given the room's socket. "
            f"Make it (addgroup {group}), and run kacenv as one of its members."
        ) from None
    path.chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IWGRP)
