"""A room served to browsers: a session on a simulated clock, with devices made of memory."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, closing, contextmanager, suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, Self, TypeVar

from support.devices import MemoryLight, MemorySound
from support.mosquitto import free_port
from support.sessions import a_cue, a_phase, a_timeline
from support.waiting import PATIENCE, next_turn

from kacenv.config import House
from kacenv.core.units import Decibels, Kelvin, Level, Seconds
from kacenv.model.look import Setting, Zone
from kacenv.model.network import Surfaces
from kacenv.model.requests import Press, Start
from kacenv.model.room import Room
from kacenv.model.scene import Seat
from kacenv.model.timeline import Timeline
from kacenv.server.http.listen import open_api
from kacenv.session.session import Session
from kacenv.system.clock import SimClock

T = TypeVar("T")
_LAMPS = {"left": "seats", "right": "seats", "desk": "task", "door": "path"}
_ARC = (
    ("settle", 15, -6, 0.35),
    ("onset", 20, -3, 0.16),
    ("build", 15, 0, 0.06),
    ("peak", 35, 0, 0.02),
    ("descent", 25, -2, 0.06),
    ("return", 20, -4, 0.12),
    ("integration", 50, -12, 0.45),
)


def couples_room() -> Room:
    """Two seats, speakers, an earpiece, four lamps."""
    roles = ("speakers", "seat-a", "seat-b", "staff")
    outputs = [{"id": role, "role": role, "channels": [n]} for n, role in enumerate(roles, 1)]
    lights = [
        {"id": lamp, "dialect": "plain", "topic": f"lamps/{lamp}", "zone": zone}
        for lamp, zone in _LAMPS.items()
    ]
    safe = dict.fromkeys(Zone, "70% 2700 K")
    broker = {"host": "127.0.0.1"}
    fields = {"name": "garden", "outputs": outputs, "lights": lights, "broker": broker}
    return Room.model_validate(fields | {"safe_light": safe})


def three_hours() -> Timeline:
    """A session with seven phases, a check-in in each, and one on each seat's clock."""
    phases = [
        a_phase(
            name,
            minutes * 60.0,
            level=Decibels(level),
            look={
                zone: Setting(Level(seen * share), Kelvin(2400.0))
                for zone, share in zip(Zone, (1.0, 0.6, 0.7), strict=True)
            },
            light_fade=Seconds(10.0),
            cues=(replace(a_cue("Look in on both seats", 300.0), id="check-in-1"),),
        )
        for name, minutes, level, seen in _ARC
    ]
    seat_cues = [
        replace(a_cue("Lozenge out", 420.0), id=f"check-in-2-{seat}", seat=seat) for seat in Seat
    ]
    return a_timeline(*phases, title="Couple, lozenge", return_from=5, seat_cues=tuple(seat_cues))


class ServedRoom:
    """A room whose page is at `address`; its loop runs on a thread of its own.

    `surfaces` is what the room file says of them, beside the port.
    """

    def __init__(self, folder: Path, timeline: Timeline | None = None, **surfaces: Any) -> None:
        self.port = free_port()
        self.clock = SimClock(1.0)
        self._folder, self._timeline, self._surfaces = folder, timeline, surfaces
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._live, name="served-room")
        self._link = AsyncExitStack()

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}/"

    def __enter__(self) -> Self:
        """Open the room and its page."""
        self._thread.start()
        if not self._ready.wait(PATIENCE):
            raise RuntimeError("the room isn't ready")
        return self

    def __exit__(self, *_: object) -> None:
        """Close both."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(PATIENCE)
        self._loop.close()

    def _live(self) -> None:
        self._loop.run_until_complete(self._stay())

    async def _stay(self) -> None:
        self._over = asyncio.Event()
        fields = {**self._surfaces, "tcp": {"port": self.port, **self._surfaces.get("tcp", {})}}
        surfaces = Surfaces.model_validate(fields)
        room = couples_room().model_copy(update={"surfaces": surfaces})
        self.session = Session(room, self.clock)
        self.session.devices.sound = MemorySound(self.clock)
        self.session.devices.light = MemoryLight(self.clock, _LAMPS)
        if self._timeline:
            self.session.submit(Start(self._timeline))
        life = asyncio.create_task(self.session.run())
        await self._serve()
        self._ready.set()
        await self._over.wait()
        await self._link.aclose()
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life

    async def _serve(self) -> None:
        api = open_api(self.session, House.find(), "demo", self._folder / "room.sock")
        await self._link.enter_async_context(api)

    def cut(self) -> None:
        """Take the page away, as a broken network would; the session goes on."""
        asyncio.run_coroutine_threadsafe(self._link.aclose(), self._loop).result(PATIENCE)
        (self._folder / "room.sock").unlink(missing_ok=True)

    def mend(self) -> None:
        """Serve the page again."""
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(PATIENCE)

    def ask(self, look: Callable[[Session], T]) -> T:
        """Something of the session, from its own thread."""

        async def answer() -> T:
            return look(self.session)

        return asyncio.run_coroutine_threadsafe(answer(), self._loop).result(PATIENCE)

    def press(self, press: Press) -> str:
        """Another surface's press."""
        return self.ask(lambda session: session.submit(press))

    def jump(self, minutes: float) -> None:
        """Let session time go on at once."""
        self.ask(lambda _: self.clock.jump(Seconds(60.0 * minutes)))

    def take_turn(self) -> None:
        """Have the session do at once what has come due."""
        turn = next_turn(self.session)
        asyncio.run_coroutine_threadsafe(turn, self._loop).result(PATIENCE)

    def stand_still(self) -> None:
        """Let session time pass by jumps alone."""
        self.ask(lambda _: setattr(self.clock, "rate", 0.0))

    def now(self) -> Any:
        """The session's status."""
        return self.ask(lambda session: session.status().session)

    @contextmanager
    def get(self, path: str = "/", **headers: str) -> Iterator[HTTPResponse]:
        """What the room answers to a program at `path`."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(line):
            line.request("GET", path, headers=named)
            yield line.getresponse()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Let the room answer nobody meanwhile, without closing anything."""
        over = threading.Event()
        self._loop.call_soon_threadsafe(over.wait, PATIENCE)
        try:
            yield
        finally:
            over.set()
