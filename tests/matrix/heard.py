"""What a room plays of a file: places by the noise that tells its own time, and levels."""

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.polynomial import Polynomial
from support.judges import Bench, scene_of
from support.simulated_room import simulated
from support.simulated_session import SimulatedSession
from support.sound_kinds import SoundKind
from support.telling import Clock

from kacenv.analysis.normalization import REFERENCE
from kacenv.config import load_room, load_session
from kacenv.core.units import Seconds
from kacenv.devices.audio.samples import RATE, Block
from kacenv.engine.step import LEAD
from kacenv.model.commands import Crossfade, CueTrack
from kacenv.model.playlist import SHORTEST_FADE, Cut
from kacenv.model.timeline import Timeline
from kacenv.session.journal import Journal, unfinished
from kacenv.system.clock import SimClock
from kacenv.system.timestamps import Timestamp

EXACT: Final = 0.02
"""Most by which a place (s) may be wrong."""
LEVEL: Final = 0.5
"""Most by which the loudness (LU) may be wrong."""
BEGIN: Final = 0.4
"""When (s) the room's music is told to begin; its deck is open by then."""
MIDDLE: Final = "16s"
"""The cue point, as it is written in a playlist."""
_OVER: Final = 4.0
"""Length (s) after which every fade from silence is over."""
_STRETCH: Final = 6.0
"""Length (s) of which the loudness is taken."""
_LIVED, _AWAY = 6.0, 3.0
"""How long the session lives before it is killed, and how long it is away (s)."""
_ZEROS: Final = Polynomial([1.53512485958697, -2.69169618940638, 1.19839281085285]) * Polynomial(
    [1.0, -2.0, 1.0]
)
_POLES: Final = Polynomial([1.0, -1.69065929318241, 0.73248077421585]) * Polynomial(
    [1.0, -1.99004745483398, 0.99007225036621]
)
"""Weighting of frequencies (ITU-R BS.1770-4, at 48 kHz), in powers of a sample's delay."""


class Place(NamedTuple):
    """Place in the noise that is heard where another is expected (s)."""

    heard: float
    expected: float

    @property
    def wrong(self) -> str:
        """Return in words how far off it is; "" for nothing that matters."""
        off = self.heard - self.expected
        return "" if abs(off) <= EXACT else f"{off:+.2f} s"


class Heard(NamedTuple):
    """What was heard of a file: four places, and the loudness (LUFS) from three."""

    first: Place
    middle: Place
    resumed: Place
    last: Place
    levels: tuple[float, float, float]

    @property
    def level(self) -> str:
        """Return in words how far off the loudness is; "" for nothing that matters."""
        off = max((one - REFERENCE for one in self.levels), key=abs)
        return "" if abs(off) <= LEVEL else f"{off:+.1f} LU"


class Listener:
    """Plays files of a bench in its room, from each place."""

    def __init__(self, bench: Bench, cued: Bench, journals: Path) -> None:
        self._bench, self._cued, self._journals = bench, cued, journals
        self._room, self._clock = load_room(bench.house, "bench"), Clock()

    def listen(self, kind: SoundKind) -> Heard:
        """Play a file from its beginning to its end, from its middle, and across a crash."""
        plan = load_session(self._bench.house, scene_of(kind.name), "bench")
        whole = self._whole(_cut_of(plan))
        cued = _cut_of(load_session(self._cued.house, scene_of(kind.name), "bench"))
        middle = self._played(cued, _OVER + _STRETCH)
        at, back = asyncio.run(self._across_a_crash(plan, self._journals / kind.name))
        cut = _cut_of(plan)
        return Heard(
            self._place(whole, cut.cue_in - kind.delay),
            self._place(middle, cued.cue_in - kind.delay - kind.more),
            self._place(back, cut.cue_in + at - kind.delay, _OVER),
            self._place(whole, cut.cue_in - kind.delay - kind.more, cut.length - 1.0),
            (_loudness(whole), _loudness(middle), _loudness(back)),
        )

    def _whole(self, cut: Cut) -> Block:
        return self._played(cut, cut.length)

    def _played(self, cut: Cut, span: float) -> Block:
        """Return what the room plays of a cut, from its first sample on."""
        with simulated(self._room) as room:
            room.audio.perform(CueTrack(1, cut))
            room.audio.perform(Crossfade(1, Seconds(BEGIN), SHORTEST_FADE))
            return room.play(BEGIN + span)[round(BEGIN * RATE) :]

    def _place(self, sound: Block, begin: float, at: float = 0.0) -> Place:
        """Return the place of the second that begins `at` a sound which begins at `begin`."""
        first = round(at * RATE)
        return Place(self._clock.place(sound[first : first + RATE, 0]), begin + at)

    async def _across_a_crash(self, plan: Timeline, path: Path) -> tuple[float, Block]:
        """Return what is heard after a crash, and how far into the piece that begins."""
        clock = SimClock()
        with closing(Journal(path, lambda: _stamp(clock))) as journal:
            life = SimulatedSession(self._room, clock, journal)
            await life.begin(plan)
            await life.play(_LIVED)
            started = life.session.state.playing
            await life.end()
        back = unfinished(path, self._room.name, _stamp(clock, _AWAY))
        assert back is not None
        assert started is not None
        clock = SimClock(reading=Seconds(back.time_at(_stamp(clock, _AWAY)) - LEAD))
        begin = clock.now() - started.started_at
        with closing(Journal(path, lambda: _stamp(clock))) as journal:
            life = SimulatedSession(back.past.base.room, clock, journal)
            await life.begin(back)
            heard = await life.play(_OVER + _STRETCH)
            await life.end()
        return begin, heard


def _stamp(clock: SimClock, later: float = 0.0) -> Timestamp:
    now = clock.now() + later
    return Timestamp("boot", 1000.0 + now, 1_800_000_000.0 + now)


def _cut_of(plan: Timeline) -> Cut:
    (cut,) = plan.phases[0].queue.cuts
    return cut


def _loudness(sound: Block) -> float:
    """Return the loudness (LUFS) of the stretch after all fades, by ITU-R BS.1770, without gate."""
    stretch = sound[round(_OVER * RATE) :][: round(_STRETCH * RATE)]
    power = np.square(np.abs(np.fft.rfft(stretch.astype(np.float64), axis=0)))
    turns = np.exp(-2j * np.pi * np.fft.rfftfreq(len(stretch)))
    weight = np.square(np.abs(_ZEROS(turns) / _POLES(turns)))
    total = 2 * float((power * weight[:, None]).sum()) / len(stretch) ** 2
    return -0.691 + 10 * float(np.log10(total + 1e-12))
