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
from contextlib import (
    ExitStack,
    asynccontextmanager,
    closing,
    contextmanager,
    nullcontext,
    suppress,
)
from pathlib import Path
from typing import IO

import uvicorn

from kacenv.api import Ways, make_app
from kacenv.audio import RoomAudio
from kacenv.chimes import MidiChimes
from kacenv.clock import Clock, MonotonicClock
from kacenv.commands import Crossfade
from kacenv.errors import DaemonError, JournalError, LoadError
from kacenv.heart import Heart
from kacenv.journal import Journal, Return, unfinished
from kacenv.lights.rig import Rig
from kacenv.loader import House, load_room, load_session, scene_cards
from kacenv.places import run_folder, state_folder
from kacenv.requests import Start
from kacenv.room import Room, Tcp
from kacenv.session import Session, clock_after, lacks_staff_sound
from kacenv.stamp import stamp
from kacenv.units import Seconds

_log = logging.getLogger(__name__)
PARTING = Seconds(1.5)
"""When the daemon is told to leave, the music fades out in this time."""
_LAST_WORDS = 2
"""Seconds for requests that are still under way then."""


@asynccontextmanager
async def open_session(
    room: Room, clock: Clock, journal: Journal | None = None, back: Return | None = None
) -> AsyncIterator[Session]:
    """The room's session with all its devices, opened in order and closed in reverse.

    With `back` it carries on with a session that broke off; `clock` is the one after it.
    """
    with ExitStack() as stack:
        session = Session(room, clock, journal)
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
        if back is not None:
            session.come_back(back)
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

    surfaces = session.room.surfaces
    with _socket(path, surfaces.socket_group) as unix, _tcp(surfaces.tcp) as tcp:
        app = make_app(session, Ways(begin, lambda: asyncio.to_thread(scene_cards, house)))
        config = uvicorn.Config(
            app,
            log_config=None,
            lifespan="off",
            access_log=False,
            timeout_graceful_shutdown=_LAST_WORDS,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[unix, *tcp]))
        try:
            yield
        finally:
            app.state.watch.close()
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
    name = room_name(house, room)
    with hold_room(name) as path, closing(Journal(journal_path(name))) as journal:
        back, why_not = _unfinished(journal)
        place = back.past.base.room if back else load_room(house, room)
        clock = clock_after(back) if back else MonotonicClock()
        async with (
            open_session(place, clock, journal, back) as session,
            open_api(session, house, room, path),
        ):
            if why_not:
                session.tell(why_not)
            _log.info("the room %s is ready", name)
            async with _beating(session):
                await leave.wait()
    _log.info("the room %s is left", name)


@asynccontextmanager
async def _beating(session: Session) -> AsyncIterator[None]:
    """As long as engine and sound both move, whoever watches this process hears of it."""
    sound = session.sound
    counts = [lambda: session.turns, lambda: sound.moved if sound else session.turns]
    heart = asyncio.create_task(Heart(counts).run())
    try:
        yield
    finally:
        heart.cancel()
        with suppress(asyncio.CancelledError):
            await heart


def journal_path(room: str) -> Path:
    """Where the room's session is written down."""
    return state_folder() / f"{room}.journal"


def room_name(house: House, room: str) -> str:
    """The name of the room of the file `room`.

    A file that has been broken since is no hindrance while a session is to be carried on.

    Raises:
        LoadError: the room's file can't be used, and nobody is in the room.
    """
    try:
        return load_room(house, room).name
    except LoadError:
        stem = Path(room).stem
        with suppress(JournalError):
            if unfinished(journal_path(stem), stamp()):
                return stem
        raise


def _unfinished(journal: Journal) -> tuple[Return | None, str | None]:
    """The session to carry on, or why the one there can't be."""
    try:
        return unfinished(journal.path, stamp()), None
    except JournalError as error:
        _log.warning("%s", error)
        return None, str(error)


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


@contextmanager
def _tcp(where: Tcp | None) -> Iterator[list[socket.socket]]:
    """A listening socket for browsers, if the room has one."""
    if where is None:
        yield []
        return
    try:
        listener = socket.create_server((where.host, where.port), family=_family(where.host))
    except OSError as error:
        raise DaemonError(
            f"The page can't be served at {where.host}:{where.port}: {error.strerror}. "
            "Choose another port in the room file (surfaces: tcp: port:)."
        ) from None
    with listener:
        yield [listener]


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _admit(path: Path, group: str) -> None:
    try:
        os.chown(path, -1, grp.getgrnam(group).gr_gid)
    except (KeyError, PermissionError):
        raise DaemonError(
            f"The group {group} can't be given the room's socket. "
            f"Make it (addgroup {group}), and run kacenv as one of its members."
        ) from None
    path.chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IWGRP)
