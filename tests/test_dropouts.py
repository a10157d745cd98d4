"""Holes that the sound device makes: what is heard on a real server is what the record tells."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from support.decks import ArrayDeck, tone
from support.lives import PLAN
from support.priority import ahead
from support.pulse import Pulse
from support.sink_recorder import SinkRecorder, recording_sinks
from support.waiting import until

from kacenv.devices.audio import RoomAudio
from kacenv.devices.audio.samples import RATE
from kacenv.model.requests import Start
from kacenv.model.room import Output, Role, Room
from kacenv.session.journal import Journal
from kacenv.session.records import SessionRecord, build_record
from kacenv.session.records.record_text import record_lines
from kacenv.session.session import Session
from kacenv.system.clock import MonotonicClock

_ROOM = Room(name="test", outputs=(Output(id="room", role=Role.SPEAKERS),))
_STANDSTILL = 1.0
_CLOSE = 0.3
"""How far a heard hole and a told one may differ: a server that stood still fades in anew."""
_SOFT = 0.001


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    """A sound server of this process alone."""
    with Pulse(tmp_path) as pulse:
        for name, value in pulse.env.items():
            monkeypatch.setenv(name, value)
        yield pulse


@asynccontextmanager
async def a_session(path: Path) -> AsyncIterator[Session]:
    """A session with a tone for music, which is written down at `path`."""
    clock = MonotonicClock()
    with closing(Journal(path)) as journal:
        session = Session(_ROOM, clock, journal)
        audio = RoomAudio(_ROOM, clock, session.report, lambda _: ArrayDeck(tone(300.0, level=0.5)))
        session.devices.sound = audio
        with closing(audio):
            with ahead():
                audio.start()
            life = asyncio.create_task(session.run())
            session.submit(Start(PLAN))
            try:
                yield session
            finally:
                life.cancel()


async def _sounding(ear: SinkRecorder) -> None:
    """Wait until the tone has been heard for two seconds without a hole."""

    def steady() -> bool:
        lately = ear.sound[-2 * RATE :, 0] if ear.is_sounding else np.zeros(0)
        return len(lately) == 2 * RATE and bool(np.abs(lately).max() > 0.0) and not _holes(lately)

    await until(steady)


def _holes(sound: np.ndarray) -> list[tuple[int, int]]:
    """Each silence of 5 ms or more: its first frame and their number."""
    silent = np.concatenate(([0], np.abs(sound) < _SOFT, [0])).astype(int)
    edges = np.flatnonzero(np.diff(silent)).reshape(-1, 2)
    return [(int(a), int(b - a)) for a, b in edges if b - a >= 0.005 * RATE]


@contextmanager
def _standing_still(pulse: Pulse) -> Iterator[None]:
    pid = pulse.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _lived(pulse: Pulse, path: Path, standstill: float) -> tuple[SessionRecord, list[float], str]:
    """A session in which the server stands still once; its record, what was heard, its health."""

    async def live() -> tuple[list[float], str]:
        with recording_sinks([pulse.sink]) as (ear,):
            async with a_session(path) as session:
                await _sounding(ear)
                heard_before = len(ear.sound)
                if standstill:
                    with _standing_still(pulse):
                        await asyncio.sleep(standstill)
                    await until(lambda: session.status().dropouts.count)
                await _sounding(ear)
                health = session.status().health["sound"] or ""
                sound = ear.sound[heard_before - RATE // 2 :, 0]
        return [length / RATE for _, length in _holes(sound)], health

    heard, health = asyncio.run(live())
    return build_record(path).record, heard, health


def test_a_hole_that_was_heard_is_the_one_that_is_told(server: Pulse, tmp_path: Path) -> None:
    """A sound server that stands still for a second: how often, how long, in record and health."""
    record, heard, health = _lived(server, tmp_path / "test.journal", _STANDSTILL)
    longest = max(one.length for one in record.dropouts)
    assert longest == pytest.approx(max(heard), abs=_CLOSE)
    assert longest >= _STANDSTILL - 2 * 0.12
    assert "The sound stopped" in health
    assert any("The sound device ran dry" in line for line in record_lines(record))


def test_without_a_hole_nothing_is_told(server: Pulse, tmp_path: Path) -> None:
    """Unless one was heard: then it is the machine's, and as many are told as were heard."""
    record, heard, _ = _lived(server, tmp_path / "test.journal", 0.0)
    assert bool(record.dropouts) <= bool(heard)
    if not heard:
        assert any("No silence that nobody asked for" in line for line in record_lines(record))
