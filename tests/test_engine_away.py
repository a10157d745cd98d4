"""An engine that fails or is killed: the music goes on without it, to its end."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from soak.listening import listen
from support.sessions import a_phase, a_queue, a_timeline
from support.simulated_room import untimed
from support.simulated_session import SimulatedSession

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio.decks.thread_runner import ThreadRunner
from kacenv.devices.audio.samples import RATE, Block
from kacenv.model.playlist import Cut
from kacenv.model.room import Output, Role, Room
from kacenv.model.timeline import PlannedPhase, Timeline
from kacenv.session.journal import Journal, unfinished
from kacenv.system.clock import SimClock
from kacenv.system.timestamps import Timestamp

ROOM = Room(name="test", outputs=(Output(id="speakers", role=Role.SPEAKERS, ceiling="0 dB"),))
LENGTH, CROSSFADE, END = 12.0, 3.0, 40.0
LAST_FADE = 4.0
NEXT_CHANGE = END / 2 + 2 * (LENGTH - CROSSFADE) - 0.5
"""Half a second before the second change of pieces in the second phase."""
STEEPEST = 4.0
"""Decibels in 50 ms, as for the faults of music files."""


@pytest.fixture(scope="module")
def timeline(tmp_path_factory: pytest.TempPathFactory) -> Timeline:
    """Two phases whose pieces are of noise, 12 s long."""
    folder = tmp_path_factory.mktemp("music")
    pieces = [_piece(folder / f"{number}.flac", number) for number in range(4)]
    return a_timeline(_phase("onset", pieces[:2]), _phase("return", pieces[2:]))


def _phase(name: str, pieces: list[Cut]) -> PlannedPhase:
    queue = replace(a_queue(name, crossfade=Seconds(CROSSFADE)), cuts=tuple(pieces))
    return a_phase(name, END / 2, queue=queue, level=Decibels(0.0), crossfade=Seconds(LAST_FADE))


def _piece(path: Path, number: int) -> Cut:
    random = np.random.default_rng(number)
    soundfile.write(path, 0.1 * random.standard_normal(round(LENGTH * 8000)), 8000)
    return Cut(str(path), path.stem, "Nobody", Seconds(LENGTH))


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Decks open at once, as simulated time waits for nobody."""
    monkeypatch.setattr(ThreadRunner, "run", lambda _, work: work())
    with untimed():
        yield


async def _lived(timeline: Timeline, away: tuple[float, float]) -> SimulatedSession:
    """A session whose engine fails at every step from the first moment to the second."""
    life = SimulatedSession(ROOM)
    await life.begin(timeline)
    try:
        await life.play(away[0])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("kacenv.session.session.step", _fails)
            await life.play(away[1] - away[0])
        await life.play(END + LAST_FADE + 2.0 - away[1])
    finally:
        await life.end()
    return life


def _fails(*_: object) -> None:
    raise ZeroDivisionError("a fault in the engine")


@pytest.mark.parametrize("begins", [5.0, 10.0, 19.0], ids=["piece", "crossfade", "phase"])
def test_music_goes_on_to_its_end_without_the_engine(timeline: Timeline, begins: float) -> None:
    """From piece to piece and phase to phase without a hole; then it fades out."""
    life = asyncio.run(_lived(timeline, (begins, END + LAST_FADE + 1.0)))
    music = life.sound[RATE : round((END - 1.0) * RATE)]
    assert listen(music).silence == 0.0
    assert listen(life.sound).rise < STEEPEST
    assert not life.sound[round((END + LAST_FADE + 1.5) * RATE) :].any()
    assert life.session.is_idle


def test_an_engine_that_is_back_finds_what_plays(timeline: Timeline) -> None:
    """It catches up with its plan, and that is what is heard: nothing begins anew."""
    gone = asyncio.run(_lived(timeline, (5.0, END + LAST_FADE + 1.0)))
    back = asyncio.run(_lived(timeline, (5.0, 31.0)))
    until = round(NEXT_CHANGE * RATE)
    np.testing.assert_array_equal(back.sound[:until], gone.sound[:until])


async def _crashed(timeline: Timeline, path: Path, moments: tuple[float, float]) -> Block:
    """What is heard of a session whose engine is killed at the first moment, back at the second."""
    clock = SimClock()
    with closing(Journal(path, lambda: _stamp(clock))) as journal:
        life = SimulatedSession(ROOM, clock, journal)
        await life.begin(timeline)
        try:
            await life.play(moments[0])
            life.crash()
            life.pull(moments[1] - moments[0])
            back = unfinished(path, ROOM.name, _stamp(clock))
            assert back is not None
            life.come_back(back)
            await life.play(END + LAST_FADE + 2.0 - moments[1])
        finally:
            await life.end()
    assert life.session.is_idle
    return life.sound


def _stamp(clock: SimClock) -> Timestamp:
    return Timestamp("boot", 1000.0 + clock.now(), 1_800_000_000.0 + clock.now())


async def _whole(timeline: Timeline) -> Block:
    life = SimulatedSession(ROOM)
    await life.begin(timeline)
    await life.play(END + LAST_FADE + 2.0)
    await life.end()
    return life.sound


@pytest.mark.parametrize("killed", [5.0, 10.5, 21.5], ids=["piece", "crossfade", "phase"])
def test_an_engine_killed_and_back_is_not_heard(
    timeline: Timeline, tmp_path: Path, killed: float
) -> None:
    """In a piece or in mid-crossfade: not one sample is another than without the crash."""
    crashed = asyncio.run(_crashed(timeline, tmp_path / "journal", (killed, killed + 1.5)))
    np.testing.assert_array_equal(crashed, asyncio.run(_whole(timeline)))


@pytest.mark.parametrize("killed", [8.0, 16.0, 25.0])
def test_what_comes_while_the_engine_is_killed_comes_by_its_crossfade(
    timeline: Timeline, tmp_path: Path, killed: float
) -> None:
    """The next piece and the next phase come without it, and it goes on from there."""
    sound = asyncio.run(_crashed(timeline, tmp_path / "journal", (killed, killed + 6.0)))
    heard = listen(sound[RATE : round((END - 1.0) * RATE)])
    assert heard.silence == 0.0
    assert heard.rise < STEEPEST
