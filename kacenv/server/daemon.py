"""Daemon of a room: one session with its devices, and the API's sockets."""

import asyncio
import importlib
import logging
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    ExitStack,
    asynccontextmanager,
    closing,
    contextmanager,
    nullcontext,
    suppress,
)
from pathlib import Path

from kacenv.config import FileMonitor, House, load_room, load_room_to_run
from kacenv.core.errors import DeviceError, JournalError, LoadError
from kacenv.core.units import Seconds
from kacenv.devices.audio import RoomAudio
from kacenv.devices.audio.decoders.room_decoders import RoomDecoders
from kacenv.devices.lights.controller import LightController
from kacenv.devices.midi.chime_player import MidiChimePlayer
from kacenv.devices.midi.midi_input import MidiControls
from kacenv.engine.step import LEAD
from kacenv.model.commands import Crossfade
from kacenv.model.room import Room
from kacenv.player.messages import Present
from kacenv.player.remote_sound import RemoteSound
from kacenv.server.player_keeper import PlayerLink
from kacenv.server.supervision import Supervision
from kacenv.server.watchdog import Watchdog
from kacenv.session.journal import Journal, ResumableSession, unfinished
from kacenv.session.session import Session, lacks_staff_sound
from kacenv.system.clock import Clock, MonotonicClock
from kacenv.system.paths import state_folder
from kacenv.system.room_lock import claim
from kacenv.system.timestamps import current_timestamp

_log = logging.getLogger(__name__)
_SAME_CLOCK = Seconds(0.002)
_NO_SLEEP = Seconds(0.5)
"""Difference of two readings of the room's clock that is less than any sleep of the machine."""
EXIT_FADE = Seconds(1.5)
"""Fade-out of the music on shutdown."""
_CANCEL_WAIT = 0.1
"""Interval of repeated cancellations, in real seconds."""


@asynccontextmanager
async def open_session(
    room: Room,
    clock: Clock,
    journal: Journal | None = None,
    back: ResumableSession | None = None,
    source: PlayerLink | RoomDecoders | None = None,
) -> AsyncIterator[Session]:
    """Open the session with all its devices, in order, and close them in reverse.

    With `back` it resumes a session that broke off; `clock` then continues that one's. A `source`
    that was reached makes the sound, else this process does.
    """
    with ExitStack() as stack:
        session = Session(room, clock, journal)
        sound = _sound(session, source, stack)
        stack.callback(sound.close)
        sound.start()
        session.devices.sound = sound
        if room.midi.chimes:
            chimes = MidiChimePlayer(room.midi.chimes, clock)
            stack.callback(chimes.close)
            session.devices.chimes = chimes
        light = _lights(session, clock, is_resumed=back is not None) if room.lights else None
        if light is not None:
            stack.callback(light.close)
            light.start()
            session.devices.light = light
        if lacks_staff_sound(room):
            session.tell("No output is for staff: their check-ins show here without a chime.")
        if back is not None:
            session.resume(back, _sounding(clock, source))
        if room.midi.controls:
            controls = MidiControls(room.midi.controls, session)
            stack.callback(controls.close)
            session.devices.controls = controls
        task = asyncio.create_task(session.run())
        try:
            yield session
        finally:
            await end(task)
            with suppress(asyncio.CancelledError):
                task.result()
            await _fade_out(session, sound)


def _sound(
    session: Session, source: PlayerLink | RoomDecoders | None, stack: ExitStack
) -> RoomAudio | RemoteSound:
    """Return the sound that the player makes, or this process if there is none."""
    if not isinstance(source, PlayerLink) or source.present is None:
        own = source if isinstance(source, RoomDecoders) else None
        decoders = own or stack.enter_context(closing(RoomDecoders()))
        return RoomAudio(session.room, session.clock, session.report, decoders.deck)
    sound = RemoteSound(session.room, session.clock, session.report, source.line, source.present)
    sound.on_new = session.restore_sound
    source.sound = sound
    return sound


def _sounding(clock: Clock, source: PlayerLink | RoomDecoders | None) -> tuple[int, ...]:
    """Return the ids of the tracks that a player plays on, by the same clock."""
    present = source.present if isinstance(source, PlayerLink) else None
    if present is None or present.origin is None:
        return ()
    beside = abs(time.monotonic() - clock.now() - present.origin)
    return present.sounding if beside < _SAME_CLOCK else ()


def _lights(session: Session, clock: Clock, *, is_resumed: bool) -> LightController | None:
    """Return the controller of the lamps; a session that goes on does so without them, too.

    Raises:
        DeviceError: The broker's password, say, can't be used, and no session is to go on.
    """
    try:
        return LightController(session.room, clock, session.tell)
    except DeviceError as error:
        if not is_resumed:
            raise
        session.tell(f"The session goes on without its lamps: {error}")
        return None


async def end(task: asyncio.Task[None]) -> None:
    """Cancel a task until it is over: Python 3.11 may lose a cancellation (cpython#86296)."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_CANCEL_WAIT)


async def _fade_out(session: Session, sound: RoomAudio | RemoteSound) -> None:
    """Fade the music out before the devices close."""
    if not session.is_idle:
        sound.schedule(())
        sound.perform(Crossfade(None, session.clock.now(), EXIT_FADE))
        await asyncio.sleep(EXIT_FADE)


async def serve(house: House, room: str, supervision: Supervision | None = None) -> None:
    """Run the room of the file `room` until SIGTERM or SIGINT.

    Raises:
        LoadError: The room's file can't be used.
        DaemonError: Another daemon runs this room.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    name = room_name(house, room)
    player = supervision.player if supervision else None
    with (
        hold_room(name) as path,
        # Its server is a fork, before the journal has its thread.
        nullcontext(player) if player else closing(RoomDecoders()) as source,
        closing(Journal(journal_path(name))) as journal,
    ):
        if supervision is not None:
            supervision.sound_processes = source.processes
        back, why_not = _unfinished(journal, name)
        served = back.past.base.room if back else load_room_to_run(house, room)
        present = player.reach() if player else None
        clock = _clock_after(back, present) if back else MonotonicClock()
        async with (
            open_session(served, clock, journal, back, source) as session,
            writing_records(session, journal, back),
            _monitoring_files(session, house, room) as monitor,
            _open_api(session, house, room, path, monitor.session_begun),
        ):
            if why_not:
                session.tell(why_not)
            _log.info("the room %s is ready", name)
            async with _running_watchdog(session), _supervised(session, supervision):
                await stop.wait()
    _log.info("the room %s is left", name)


@asynccontextmanager
async def _open_api(
    session: Session, house: House, room: str, path: Path, on_begin: Callable[[str], None]
) -> AsyncIterator[None]:
    """Serve the API; its libraries load on a thread, so that music comes first after a crash."""
    await asyncio.to_thread(importlib.import_module, "kacenv.server.http.listen")
    from kacenv.server.http.listen import open_api  # noqa: PLC0415 - loaded just now, on a thread

    async with open_api(session, house, room, path, on_begin):
        yield


@asynccontextmanager
async def writing_records(
    session: Session, journal: Journal, back: ResumableSession | None
) -> AsyncIterator[None]:
    """Write a record of each session that ends, if the room keeps records."""
    await asyncio.to_thread(importlib.import_module, "kacenv.session.records")
    from kacenv.session.records import SETTLED, RecordWorker  # noqa: PLC0415 - loaded just now, on a thread

    with closing(RecordWorker(session.room, journal.path, session.tell)) as worker:
        if back is None:
            await asyncio.to_thread(worker.put_aside, journal.path)
        journal.on_end = worker.ended
        worker.start(SETTLED if back else Seconds(0.0))
        yield


@asynccontextmanager
async def _monitoring_files(
    session: Session, house: House, room: str
) -> AsyncIterator[FileMonitor]:
    """Monitor the session's files, and tell staff of changes."""
    with closing(FileMonitor(house, room, lambda: session.state.timeline, session.tell)) as monitor:
        monitor.start()
        yield monitor


@asynccontextmanager
async def _running_watchdog(session: Session) -> AsyncIterator[None]:
    """Signal the watchdog while engine and sound both make progress."""
    sound = session.devices.sound
    counts = [lambda: session.turns, lambda: sound.moved if sound else session.turns]
    watchdog = asyncio.create_task(Watchdog(counts).run())
    try:
        yield
    finally:
        await end(watchdog)


@asynccontextmanager
async def _supervised(session: Session, supervision: Supervision | None) -> AsyncIterator[None]:
    """Watch the supervisor, if there is one."""
    with ExitStack() as stack:
        if supervision is not None:
            stack.enter_context(supervision.watching(session.clock, session.tell))
            session.supervision = supervision
        yield


def journal_path(room: str) -> Path:
    """Return the path of the room's journal."""
    return state_folder() / f"{room}.journal"


def room_name(house: House, room: str) -> str:
    """Return the name of the room of the file `room`.

    A file that became invalid doesn't matter while there is a session to resume.

    Raises:
        LoadError: The room's file can't be used, and there is no session to resume.
    """
    try:
        return load_room(house, room).name
    except LoadError:
        stem = Path(room).stem
        with suppress(JournalError):
            if unfinished(journal_path(stem), stem, current_timestamp()):
                return stem
        raise


def _unfinished(journal: Journal, room: str) -> tuple[ResumableSession | None, str | None]:
    """Return the session to resume, or the reason why it can't be resumed."""
    try:
        return unfinished(journal.path, room, current_timestamp()), None
    except JournalError as error:
        _log.warning("%s", error)
        return None, str(error)


def _clock_after(back: ResumableSession, player: Present | None) -> MonotonicClock:
    """Return the room's clock as if it had never stopped, however long the journal took to read.

    A player that has gone on has that very clock, unless the machine has slept meanwhile.
    """
    clock = MonotonicClock(Seconds(back.time_at(current_timestamp()) - LEAD))
    if player is None or player.origin is None or player.room != back.past.base.room.name:
        return clock
    known = MonotonicClock(Seconds(time.monotonic() - player.origin))
    return known if abs(known.now() - clock.now()) < _NO_SLEEP else clock


@contextmanager
def hold_room(name: str) -> Iterator[Path]:
    """Lock the room, and yield its socket's path.

    Raises:
        DaemonError: Another daemon runs this room.
    """
    with claim(name) as folder:
        path = folder / f"{name}.sock"
        path.unlink(missing_ok=True)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)
