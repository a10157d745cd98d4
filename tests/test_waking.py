"""What is heard when the machine has slept: the real decks and mixer, on simulated time."""

import asyncio
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from soak.listening import listen
from support.sessions import a_phase, a_queue, a_timeline
from support.simulated_room import untimed
from support.simulated_session import SimulatedSession

from kacenv.core.units import Decibels, Seconds
from kacenv.devices.audio.samples import RATE, Block
from kacenv.engine.resume import HOLD_AFTER
from kacenv.engine.step import LEAD
from kacenv.model.mode import Mode
from kacenv.model.playlist import Cut
from kacenv.model.requests import Music, Silence
from kacenv.model.room import Output as RoomOutput
from kacenv.model.room import Role, Room
from kacenv.model.timeline import Timeline

_LENGTH, _ONSET, _SOFT = 250.0, 12.0, -12.0
Samples = NDArray[np.float64]
_FILE_RATE, _FILE_LEVEL = 8000, -15.0
_SOUGHT_RATE = 2000
"""Rate at which pieces are told apart: a place is then known to within half a millisecond."""
_SIZE = 1 << round(_LENGTH * _SOUGHT_RATE).bit_length()
_STEEPEST = 4.0
"""Decibels in 50 ms, as for the faults of music files."""
_AFTER = 10.0
"""Seconds of sound after waking; all fades are over by then."""
ROOM = Room(name="test", outputs=(RoomOutput(id="speakers", role=Role.SPEAKERS, ceiling="0 dB"),))


class Place(NamedTuple):
    """What is heard: the number of the piece, and the second of it."""

    piece: int
    at: float


@cache
def _noise(number: int) -> Samples:
    """Noise of one level throughout, any half second of which says which second it is."""
    random = np.random.default_rng(number)
    return 10 ** (_FILE_LEVEL / 20) * random.standard_normal(round(_LENGTH * _FILE_RATE))


@cache
def _spectrum(number: int) -> NDArray[np.complex128]:
    return np.fft.rfft(_slowed(_noise(number), _FILE_RATE), _SIZE)


def _slowed(sound: Samples, rate: int) -> Samples:
    """Return the means of a sound's stretches, at the rate at which it is sought."""
    whole: Samples = sound.reshape(-1, rate // _SOUGHT_RATE).mean(axis=1)
    return whole


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cut, ...]:
    """Three pieces of noise."""
    folder = tmp_path_factory.mktemp("music")
    return tuple(_piece(folder / f"{number}.flac", number) for number in range(3))


def _piece(path: Path, number: int) -> Cut:
    soundfile.write(path, _noise(number), _FILE_RATE)
    return Cut(str(path), path.stem, "Nobody", Seconds(_LENGTH))


def place_in(sound: Block) -> Place:
    """Which piece sounds in `sound`, a second or less of it, and where its beginning is."""
    heard = _slowed(sound[:, 0].astype(np.float64), RATE)
    sought = np.fft.rfft(heard, _SIZE).conj()
    found: list[tuple[float, Place]] = []
    for number in range(3):
        match = _spectrum(number) * sought
        likeness = np.fft.irfft(match)
        at = int(likeness.argmax())
        found.append((float(likeness[at]), Place(number, at / _SOUGHT_RATE)))
    return max(found)[1]


def a_session(pieces: tuple[Cut, ...]) -> Timeline:
    """Two phases: a short soft one, and a long loud one that is reached by 12 s of crossfade."""
    soft, first, second = pieces
    onset = replace(a_queue("onset"), cuts=(soft,))
    peak = replace(a_queue("peak"), cuts=(first, second))
    return a_timeline(
        a_phase("onset", _ONSET, queue=onset, level=Decibels(_SOFT)),
        a_phase("peak", 450.0, queue=peak, level=Decibels(0.0), crossfade=Seconds(12.0)),
    )


async def live(night: SimulatedSession, timeline: Timeline, before: float, asleep: float) -> Block:
    """Play for `before` seconds, sleep for `asleep`; what is heard from a second before that on."""
    await night.begin(timeline)
    try:
        if before == IN_A_RETURN:
            night.session.submit(Silence())
        await night.play(before - 1.0)
        if before == IN_A_RETURN:
            night.session.submit(Music())
        awake = await night.play(1.0)
        night.sleep(asleep)
        return np.concatenate((awake, await night.play(_AFTER)))
    finally:
        await night.end()


class Slept(NamedTuple):
    """A session that has slept for `asleep` s after `before` s, and what was heard around it."""

    before: float
    asleep: float
    night: SimulatedSession
    sound: Block

    @property
    def end(self) -> Place:
        """What is heard in the last half second."""
        return place_in(self.sound[-RATE // 2 :])


IN_A_PHASE, IN_A_CROSSFADE, IN_A_RETURN = 8.0, _ONSET + 5.0, _ONSET + 15.0
"""The last comes a second after staff have asked for the music that they had silenced."""
SHORT = [(IN_A_PHASE, 200.0), (IN_A_CROSSFADE, 200.0), (IN_A_CROSSFADE, 9.5)]
SHORT += [(IN_A_CROSSFADE, 3.0), (_ONSET + 1.0, 2.0), (IN_A_RETURN, 2.0)]
LONG = [(IN_A_PHASE, 1200.0), (IN_A_CROSSFADE, 1200.0)]


@pytest.fixture(scope="module", params=SHORT + LONG)
def slept(request: pytest.FixtureRequest, pieces: tuple[Cut, ...]) -> Slept:
    """A session that has slept, once for each of the times."""

    async def sleep() -> Slept:
        night = SimulatedSession(ROOM)
        before, asleep = request.param
        return Slept(before, asleep, night, await live(night, a_session(pieces), before, asleep))

    with untimed():
        return asyncio.run(sleep())


def test_waking_startles_nobody(slept: Slept) -> None:
    """Wherever the machine fell asleep, and for however long, no level rises steeply."""
    heard = listen(slept.sound)
    assert heard.rise < _STEEPEST
    assert heard.silence < 2.0


def test_the_music_goes_on_where_it_should(slept: Slept) -> None:
    """The loud phase's piece as far as it would be; or on hold, and the next from its beginning."""
    session, end = slept.night.session, slept.end
    asleep = slept.before + slept.asleep + _AFTER
    if slept.asleep <= HOLD_AFTER:
        assert session.state.mode is Mode.RUNNING
        assert end.piece == 1
        assert end.at == pytest.approx(asleep - _ONSET - LEAD - 0.5, abs=0.02)
    else:
        assert session.state.mode is Mode.HELD
        assert end.piece == (0 if slept.before < _ONSET else 2)
        assert end.at == pytest.approx(_AFTER - 0.5 - LEAD, abs=0.2)


def test_the_level_is_the_plans(slept: Slept) -> None:
    """After the fade-in the music has its phase's level, and 12 dB less where staff are asked."""
    rms = np.sqrt(np.mean(np.square(slept.sound[-RATE // 2 :])))
    held = slept.asleep > HOLD_AFTER
    plan = _SOFT if held and slept.before < _ONSET else 0.0
    level = plan - (12.0 if held else 0.0) + _FILE_LEVEL
    assert 20 * np.log10(rms) == pytest.approx(level, abs=0.6)
