"""Live rehearsal: the real session on a fast clock, its page, virtual lamps, and no sound.

It shares nothing with the room: neither its lock, its socket, its journal, its devices nor its
broker. So it can run during a session in the room.
"""

import asyncio
import math
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kacenv.config import House
from kacenv.core.errors import DaemonError, DeviceError, KacenvError
from kacenv.core.units import Decibels, Seconds
from kacenv.devices.lights.controller import LightController
from kacenv.devices.lights.direct import wait_for
from kacenv.devices.lights.simulator.embedded_broker import HOST, EmbeddedBroker
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.engine.step import LEAD
from kacenv.model.commands import AudioCommand, LightCommand, ScheduledCommand
from kacenv.model.dropout import Dropout
from kacenv.model.network import Surfaces, Tcp
from kacenv.model.request_text import request_words
from kacenv.model.requests import Press, Start
from kacenv.model.room import Broker, Midi, Room
from kacenv.model.timeline import Timeline
from kacenv.server.daemon import end
from kacenv.server.http.listen import open_api
from kacenv.session.journal import Journal
from kacenv.session.ports import LampPort
from kacenv.session.records import RecordRef, RecordStore, RetentionPolicy, build_record
from kacenv.session.session import Session
from kacenv.system.clock import Clock, MonotonicClock, SimClock
from kacenv.system.timestamps import Timestamp, current_timestamp, is_synchronised

LAMPS_WITHIN: Final = 5.0
"""Time limit for virtual lamps to connect before the session begins, in real seconds."""
_QUIET: Final = Decibels(-120.0)


class PatientClock(SimClock):
    """Fast clock that stops at `limit` until that is moved, and then catches up."""

    limit = Seconds(math.inf)

    def now(self) -> Seconds:
        """Return the simulated seconds since this clock's zero, at most `limit`."""
        return Seconds(min(super().now(), self.limit))


class UnheardSound:
    """Sound output without sound: it accepts every command, and no track fails.

    The page recognises a rehearsal by the first words of `device`.
    """

    device_note: str | None = None
    recent_music = _QUIET
    underruns = 0

    def __init__(self, speed: float) -> None:
        self.device = f"a rehearsal, {speed:g} times as fast, without sound"
        self.moved = 0

    def perform(self, command: AudioCommand) -> bool:  # noqa: ARG002 - whatever it is
        """Accept a command."""
        self.moved += 1
        return True

    def take_dropouts(self) -> Sequence[Dropout]:
        """Return none: nothing is heard."""
        return ()

    def schedule(self, commands: Sequence[ScheduledCommand]) -> None:
        """Do nothing: there is no music to carry on."""

    def fade_in(self) -> None:
        """Do nothing: there is no sound to fade."""

    def duck_for_chime(self, at: Seconds) -> None:
        """Do nothing: there is no music to duck."""

    def meters(self) -> Mapping[str, tuple[float, float]]:
        """Return no meters."""
        return {}


class QuickLight:
    """Light output in real time for a session in fast time: fades are shortened by `speed`.

    Lamps and messages keep their own pace, and so does the room's bound on the slope of light: a
    fade that would be too steep takes longer, and the lamps lag behind.
    """

    def __init__(self, rig: LightController, clock: Clock, real: Clock, speed: float) -> None:
        self._rig, self._clock, self._real, self._speed = rig, clock, real, speed

    @property
    def connected(self) -> bool:
        """True if the broker is connected."""
        return self._rig.connected

    @property
    def trouble(self) -> str | None:
        """Return why the lamps can't be led."""
        return self._rig.trouble

    def perform(self, command: LightCommand) -> None:
        """Perform a command at its time, converted to real time."""
        wait = (command.at - self._clock.now()) / self._speed
        at, span = Seconds(self._real.now() + wait), Seconds(command.duration / self._speed)
        self._rig.perform(replace(command, at=at, duration=span))

    def states(self) -> Mapping[str, LampPort]:
        """Return each lamp's state."""
        return self._rig.states()


@dataclass(frozen=True, slots=True)
class LiveRehearsal:
    """Session ready to begin; its page is at `address`."""

    session: Session
    clock: PatientClock
    speed: float
    address: str
    lamps: tuple[VirtualLamp, ...]
    no_lamps: str | None
    """Reason why there are no virtual lamps; None if there are, or none are needed."""
    journal: Path
    life: "asyncio.Task[None]"
    """Task of the session; it ends early only if an error ended it."""

    def begin(self, timeline: Timeline, first_press: Seconds = Seconds(math.inf)) -> None:
        """Start the clock and the session; the clock waits for the first press."""
        self.clock.limit = Seconds(max(self.clock.now(), first_press - LEAD))
        self.clock.rate = self.speed
        self.session.submit(Start(timeline))

    def record(self) -> RecordRef | None:
        """Write the record of the session, which is over; None if the room keeps none.

        It is filed under the room `NAME-rehearsal`, without figures of lateness.

        Raises:
            JournalError: The journal can't be read.
            OSError: The record can't be written.
        """
        room, store = self.session.room, RecordStore()
        if not room.records.keep:
            return None
        now = current_timestamp()
        bundle = build_record(self.journal.with_suffix(".last"), now=now)
        retention = RetentionPolicy(store, room.name, room.records.keep)
        retention.remove_expired(now, is_certain=is_synchronised())
        nothing = {"half": None, "nearly_all": None, "latest": None}
        timing = bundle.record.timing.model_copy(update=nothing)
        record = bundle.record.model_copy(update={"timing": timing})
        return store.put(bundle._replace(record=record))

    def check(self) -> None:
        """Check that the session's task still runs.

        Raises:
            DaemonError: It has ended.
        """
        if self.life.done():
            error = None if self.life.cancelled() else self.life.exception()
            raise DaemonError(f"The rehearsal has broken off: {error}") from error

    async def press(self, presses: Sequence[tuple[Seconds, Press]]) -> None:
        """Submit each press at its time of the session, while the session runs.

        Staff are shown the reply, or the refusal.
        """
        try:
            for at, press in sorted(presses, key=lambda timed: timed[0]):
                now = self.clock.now()
                self.clock.limit = Seconds(max(now, at - LEAD))
                wait = (self.clock.limit - now) / self.speed
                if (await asyncio.wait({self.life}, timeout=wait))[0]:
                    return
                self.session.tell(f"{request_words(press)}: {self._reply(press)}")
        finally:
            self.clock.limit = Seconds(math.inf)

    def _reply(self, press: Press) -> str:
        try:
            return self.session.submit(press)
        except KacenvError as error:
            return str(error)


@asynccontextmanager
async def open_rehearsal(
    house: House, room_file: str, room: Room, speed: float, port: int | None = None
) -> AsyncIterator[LiveRehearsal]:
    """Open a live rehearsal in `room` of the file `room_file`, `speed` times as fast.

    Its page is at `port` of this machine, or at a free one.

    Raises:
        DaemonError: Its page can't be served.
    """
    async with AsyncExitStack() as stack:
        broker, no_lamps = _broker(stack, room)
        place = _as_rehearsed(room, broker, port or _free_port())
        clock, real = PatientClock(0.0, Seconds(-LEAD)), MonotonicClock()
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kacenv-")))
        journal = Journal(folder / "rehearsal.journal", moments(clock))
        stack.callback(journal.close)
        session = Session(place, clock, journal)
        session.devices.sound = UnheardSound(speed)
        lamps = [
            stack.enter_context(VirtualLamp(fixture, real, broker))
            for fixture in place.lights
            if broker
        ]
        if lamps:
            session.devices.light = await _led(stack, session, lamps, real, speed)
        life = await stack.enter_async_context(_living(session))
        await stack.enter_async_context(open_api(session, house, room_file, folder / "sock"))
        tcp = place.surfaces.tcp
        address = f"http://{tcp.host}:{tcp.port}/" if tcp else ""
        yield LiveRehearsal(
            session, clock, speed, address, tuple(lamps), no_lamps, journal.path, life
        )


def _broker(stack: AsyncExitStack, room: Room) -> tuple[Broker | None, str | None]:
    """Start a broker for the virtual lamps; or return the reason why there is none."""
    if not room.lights:
        return None, None
    try:
        return Broker(host=HOST, port=stack.enter_context(EmbeddedBroker()).port), None
    except DeviceError as error:
        return None, f"No lamps are shown. {error}"


def moments(clock: Clock) -> Callable[[], Timestamp]:
    """Return a source of the machine's time stamps that advances with the session's clock."""
    first, begin = current_timestamp(), clock.now()

    def moment() -> Timestamp:
        span = clock.now() - begin
        return first._replace(boot=first.boot + span, wall=first.wall + span)

    return moment


def _as_rehearsed(room: Room, broker: Broker | None, port: int) -> Room:
    """Return the room with another name, a page on this machine only, and no devices of its own."""
    return room.model_copy(
        update={
            "name": f"{room.name}-rehearsal",
            "broker": broker,
            "lights": room.lights if broker else (),
            "midi": Midi(),
            "surfaces": Surfaces(tcp=Tcp(host=HOST, port=port)),
        }
    )


async def _led(
    stack: AsyncExitStack, session: Session, lamps: Sequence[VirtualLamp], real: Clock, speed: float
) -> QuickLight:
    """Start the virtual lamps' controller once all lamps are connected."""
    rig = LightController(session.room, real, session.tell)
    stack.callback(rig.close)
    rig.start()
    latest = real.now() + LAMPS_WITHIN
    for lamp in lamps:
        left = max(0.0, latest - real.now())
        await asyncio.to_thread(lamp.wait_until_listening, left)
    left = Seconds(max(0.0, latest - real.now()))
    await asyncio.to_thread(wait_for, lambda: rig.connected, left)
    return QuickLight(rig, session.clock, real, speed)


@asynccontextmanager
async def _living(session: Session) -> AsyncIterator["asyncio.Task[None]"]:
    """Run the session's task; `LiveRehearsal.check` reports its failure."""
    life = asyncio.create_task(session.run())
    try:
        yield life
    finally:
        await end(life)
        with suppress(asyncio.CancelledError, Exception):
            life.result()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
