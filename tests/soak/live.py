"""Ten real minutes: broken tracks, a device that goes away five times, decks that die."""

import asyncio
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random

from support.pulse import Pulse

from kacenv.devices.audio import RoomAudio
from kacenv.devices.audio.decks.ffmpeg_deck import FfmpegDeck
from kacenv.devices.audio.samples import Block, Pcm, frames_in
from kacenv.model.playlist import Cut
from kacenv.model.requests import Start
from kacenv.model.room import Room
from kacenv.model.timeline import Timeline
from kacenv.session.session import Session
from kacenv.system.clock import MonotonicClock
from soak.listening import first_sound, listen
from soak.tracks import CROSSFADE, make_broken, make_good, room_and_session

SPAN = 600.0
LOSSES = 5
AWAY = (4.0, 12.0)
"""How often the device goes away, and for how many seconds."""
DEATHS_EVERY = 40.0
_TICK = 0.5


class MortalDeck(FfmpegDeck):
    """A deck whose decoder can get stuck, as on a disk that answers no more."""

    def __init__(self) -> None:
        super().__init__(audible=True)
        self._stuck, self._let_go = False, threading.Event()

    def stall(self) -> None:
        """Let no more samples come; nobody is told."""
        self._stuck = True

    def close(self) -> None:
        """Let go of the file."""
        self._let_go.set()
        super().close()

    def _put(self, pcm: Pcm) -> bool:
        if self._stuck:
            self._let_go.wait()
        return super()._put(pcm)


class DeckFaults:
    """Hands out decks, and kills those that play or wait: one, or every third time all."""

    def __init__(self, random: Random) -> None:
        self.deaths = 0
        self._times = 0
        self._decks: list[MortalDeck] = []
        self._random = random

    def make(self, _: Cut) -> MortalDeck:
        """A deck that may die."""
        self._decks = [*self._decks[-5:], MortalDeck()]
        return self._decks[-1]

    def kill(self) -> None:
        """End a decoder, or let it get stuck without a word."""
        alive = [deck for deck in self._decks if deck.ready and deck.ended_in is None]
        self._times += 1
        some = self._random.sample(alive, min(1, len(alive)))
        for deck in alive if self._times % 3 == 0 else some:
            self.deaths += 1
            self._random.choice((deck.close, deck.stall))()


def report() -> Iterator[str]:
    """What was heard and told."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        paths = make_good(folder) + make_broken(folder)
        with ExitStack() as stack:
            pulse = stack.enter_context(Pulse(folder))
            os.environ.update(pulse.env)
            run = FaultRun(pulse, folder, SPAN)
            told = asyncio.run(run.play(*room_and_session(paths, SPAN + 60)))
        yield from _heard([pulse.read(path) for path in run.recordings])
    yield f"decks killed: {run.faults.deaths}, underruns: {run.underruns}"
    yield from (f"told: {text}" for text in told)


def _heard(recordings: list[Block]) -> Iterator[str]:
    """A line for each stretch between two losses of the device."""
    for number, sound in enumerate(recordings):
        begin = first_sound(sound)
        if begin is None:
            yield f"stretch {number + 1}: nothing was heard"
            continue
        came = f"sound {begin:.2f} s after the device" if number else "the beginning"
        skipped = frames_in(begin if number else begin + CROSSFADE)
        length = len(sound) / frames_in(1.0)
        yield f"stretch {number + 1}, {length:.0f} s: {came}; {listen(sound[skipped:])}"


class FaultRun:
    """One session, and all that befalls it; each stretch with a device is recorded."""

    def __init__(self, pulse: Pulse, folder: Path, span: float) -> None:
        self.recordings: list[Path] = []
        self.underruns = 0
        self._random = Random(7)  # noqa: S311 - chance, not a secret
        self.faults = DeckFaults(self._random)
        self._pulse, self._folder, self._span = pulse, folder, span

    async def play(self, room: Room, timeline: Timeline) -> list[str]:
        """Live through it; what staff were told."""
        clock = MonotonicClock()
        session = Session(room, clock)
        sound = RoomAudio(room, clock, session.report, make_deck=self.faults.make)
        session.devices.sound = sound
        sound.start()
        life = asyncio.create_task(session.run())
        try:
            await self._suffer(session, timeline)
        finally:
            life.cancel()
            with suppress(asyncio.CancelledError):
                await life
            await asyncio.to_thread(sound.close)
        self.underruns = sound.underruns
        return [told.text for told in session.status().told]

    async def _suffer(self, session: Session, timeline: Timeline) -> None:
        stretch = self._span / (LOSSES + 1)
        for number in range(LOSSES + 1):
            path = self._folder / f"{number}.raw"
            self.recordings.append(path)
            with ExitStack() as stack:
                stack.enter_context(self._pulse.recording(path))
                if number == 0:
                    session.submit(Start(timeline))
                await self._let_die(stretch)
                if number < LOSSES:
                    self._pulse.stop()
            if number < LOSSES:
                await asyncio.sleep(self._random.uniform(*AWAY))
                await asyncio.to_thread(self._pulse.start)

    async def _let_die(self, span: float) -> None:
        for moment in range(1, round(span / _TICK)):
            await asyncio.sleep(_TICK)
            if (moment * _TICK) % DEATHS_EVERY == DEATHS_EVERY / 2:
                await asyncio.to_thread(self.faults.kill)
