"""The daemon: one room's session with its devices, and the socket that surfaces speak to."""

import asyncio
import importlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    ExitStack,
    asynccontextmanager,
    closing,
    contextmanager,
    suppress,
)
from pathlib import Path

from kacenv.audio import RoomAudio
from kacenv.chimes import MidiChimes
from kacenv.claim import claim
from kacenv.clock import Clock, MonotonicClock
from kacenv.commands import Crossfade
from kacenv.errors import JournalError, LoadError
from kacenv.heart import Heart
from kacenv.journal import Journal, Return, unfinished
from kacenv.lights.rig import Rig
from kacenv.loader import House, Patrol, load_room
from kacenv.midi_in import MidiControls
from kacenv.places import state_folder
from kacenv.room import Room
from kacenv.session import LEAD, Session, lacks_staff_sound
from kacenv.stamp import stamp
from kacenv.units import Seconds

_log = logging.getLogger(__name__)
PARTING = Seconds(1.5)
"""When the daemon is told to leave, the music fades out in this time."""
_AGAIN = 0.1
"""Real seconds in which a task has heard that it is cancelled."""


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
        session.stage.sound = sound
        if room.midi.chimes:
            chimes = MidiChimes(room.midi.chimes, clock)
            stack.callback(chimes.close)
            session.stage.chimes = chimes
        if room.lights:
            rig = Rig(room, clock, session.tell)
            stack.callback(rig.close)
            rig.start()
            session.stage.light = rig
        if lacks_staff_sound(room):
            session.tell("No output is for staff: their check-ins show here without a chime.")
        if back is not None:
            session.come_back(back)
        if room.midi.controls:
            controls = MidiControls(room.midi.controls, session)
            stack.callback(controls.close)
            session.stage.controls = controls
        life = asyncio.create_task(session.run())
        try:
            yield session
        finally:
            await end(life)
            with suppress(asyncio.CancelledError):
                life.result()
            await _part(session, sound)


async def end(life: asyncio.Task[None]) -> None:
    """Cancel it until it is over: Python 3.11 may lose a cancellation (cpython#86296)."""
    while not life.done():
        life.cancel()
        await asyncio.wait({life}, timeout=_AGAIN)


async def _part(session: Session, sound: RoomAudio) -> None:
    """Leave no music cut off."""
    if not session.is_idle:
        sound.perform(Crossfade(None, session.clock.now(), PARTING))
        await asyncio.sleep(PARTING)


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
        clock = _clock_after(back) if back else MonotonicClock()
        async with (
            open_session(place, clock, journal, back) as session,
            _recorded(session, journal, back),
            _patrolled(session, house, room) as patrol,
            _open_api(session, house, room, path, patrol.begun),
        ):
            if why_not:
                session.tell(why_not)
            _log.info("the room %s is ready", name)
            async with _beating(session):
                await leave.wait()
    _log.info("the room %s is left", name)


@asynccontextmanager
async def _open_api(
    session: Session, house: House, room: str, path: Path, begun: Callable[[str], None]
) -> AsyncIterator[None]:
    """The API, whose libraries are loaded beside the session: after a crash music comes first."""
    await asyncio.to_thread(importlib.import_module, "kacenv.serving")
    from kacenv.serving import open_api  # noqa: PLC0415 - loaded just now, on a thread

    async with open_api(session, house, room, path, begun):
        yield


@asynccontextmanager
async def _recorded(session: Session, journal: Journal, back: Return | None) -> AsyncIterator[None]:
    """Each session that is over leaves a record, for as long as the room keeps them."""
    await asyncio.to_thread(importlib.import_module, "kacenv.record")
    from kacenv.record import SETTLED, Keeper  # noqa: PLC0415 - loaded just now, on a thread

    with closing(Keeper(session.room, journal.path, session.tell)) as keeper:
        if back is None:
            await asyncio.to_thread(keeper.put_aside, journal.path)
        journal.on_end = keeper.ended
        keeper.start(SETTLED if back else Seconds(0.0))
        yield


@asynccontextmanager
async def _patrolled(session: Session, house: House, room: str) -> AsyncIterator[Patrol]:
    """Staff hear of it when a file of the session that is on is changed or gone."""
    with closing(Patrol(house, room, lambda: session.state.timeline, session.tell)) as patrol:
        patrol.start()
        yield patrol


@asynccontextmanager
async def _beating(session: Session) -> AsyncIterator[None]:
    """As long as engine and sound both move, whoever watches this process hears of it."""
    sound = session.stage.sound
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


def _clock_after(back: Return) -> MonotonicClock:
    """The room's clock, as if it had never stopped."""
    return MonotonicClock(Seconds(back.past.since + back.away.span - LEAD))


@contextmanager
def hold_room(name: str) -> Iterator[Path]:
    """The room's socket path, held against any other daemon.

    Raises:
        DaemonError: another daemon has this room.
    """
    with claim(name) as folder:
        path = folder / f"{name}.sock"
        path.unlink(missing_ok=True)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)
