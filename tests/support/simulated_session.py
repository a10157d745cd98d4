"""A room's session and sound on a simulated device and clock, with the real decks and mixer."""

import asyncio

import numpy as np
from support.simulated_room import BLOCK, waiting_deck
from support.sound_devices import PulledDevice
from support.waiting import next_turn

from kacenv.core.units import Seconds
from kacenv.devices.audio import RoomAudio
from kacenv.devices.audio.output.sound_device import Device
from kacenv.devices.audio.samples import RATE, Block
from kacenv.model.requests import Event, Start
from kacenv.model.room import Room
from kacenv.model.timeline import Timeline
from kacenv.session.journal import Journal, ResumableSession
from kacenv.session.session import Session
from kacenv.system.clock import SimClock


class SimulatedSession:
    """What plays as fast as it goes; `sound` is all that was played, `slept` the bed's clock."""

    def __init__(
        self, room: Room, clock: SimClock | None = None, journal: Journal | None = None
    ) -> None:
        self.clock, self.device = clock or SimClock(), PulledDevice()
        self.slept = Seconds(1000.0)
        self.session = Session(room, self.clock, journal, slept=lambda: self.slept)
        self.audio = RoomAudio(room, self.clock, self._report, waiting_deck, self._open)
        self.session.devices.sound = self.audio
        self._journal = journal
        self._blocks: list[Block] = []

    def _open(self, name: str, channels: int) -> Device:  # noqa: ARG002 - there is only one
        return self.device

    @property
    def sound(self) -> Block:
        """From the beginning on; time asleep has no sound."""
        return np.concatenate(self._blocks)

    def _report(self, event: Event) -> None:
        self.session.report(event)

    async def begin(self, plan: Timeline | ResumableSession) -> None:
        """Start a session, or resume one that broke off."""
        self.audio.start()
        if isinstance(plan, Timeline):
            self.session.submit(Start(plan))
        else:
            self.session.resume(plan)
        self._life = asyncio.create_task(self.session.run())

    async def play(self, span: float) -> Block:
        """Let `span` seconds pass; what was heard of them."""
        first = len(self._blocks)
        for _ in range(round(span * RATE / BLOCK)):
            await next_turn(self.session)
            self._blocks.append(self.device.pull(BLOCK))
            self.clock.jump(Seconds(BLOCK / RATE))
        return np.concatenate(self._blocks[first:])

    def crash(self) -> None:
        """The engine is gone at once; what makes the sound goes on."""
        self._life.cancel()

    def come_back(self, back: ResumableSession) -> None:
        """Another engine takes its place."""
        room = back.past.base.room
        self.session = Session(room, self.clock, self._journal, slept=lambda: self.slept)
        self.session.devices.sound = self.audio
        self.session.resume(back, self.audio.sounding)
        self._life = asyncio.create_task(self.session.run())

    def pull(self, span: float) -> None:
        """Let `span` seconds pass without an engine."""
        for _ in range(round(span * RATE / BLOCK)):
            self._blocks.append(self.device.pull(BLOCK))
            self.clock.jump(Seconds(BLOCK / RATE))

    def sleep(self, span: float) -> None:
        """The machine sleeps: device and clock stand still, which nobody notices at once."""
        self.slept = Seconds(self.slept + span)

    async def end(self) -> None:
        """Let go of everything, as a process does that is killed."""
        self._life.cancel()
        self.audio.close()
