"""Hours of real playing: does anything grow, run dry or drift?"""

import asyncio
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil
from support.own_memory import own_memory

from kacenv.config import House, load_room, load_session
from kacenv.devices.audio import RoomAudio
from kacenv.model.requests import Start
from kacenv.server.daemon import open_session
from kacenv.session.journal import Journal
from kacenv.system.clock import MonotonicClock
from soak.real_kills import open_room

_log = logging.getLogger(__name__)
HOURS = 6.0
LOOK_EVERY = 60.0
SETTLED = 10
"""Looks before memory is compared: decoders and caches have had their first turns by then."""


class Look(NamedTuple):
    """The process at one moment; `drift` is session time less the machine's, in seconds."""

    at: float
    memory: float
    """MB that this process has written to."""
    files: int
    threads: int
    underruns: int
    errors: int
    drift: float


def report(hours: float = HOURS) -> Iterator[str]:
    """How much grew in `hours`."""
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder = Path(place)
        root, pulse = open_room(folder, stack)
        os.environ.update(pulse.env)
        house = House(root)
        looks = asyncio.run(_play(house, folder, hours * 3600))
        size = (folder / "room.journal").stat().st_size
    yield from _summed(looks, size)


async def _play(house: House, folder: Path, span: float) -> list[Look]:
    looks = []
    room = load_room(house, "soak")
    with closing(Journal(folder / "room.journal")) as journal:
        async with open_session(room, MonotonicClock(), journal) as session:
            plan, begin, started = load_session(house, "soak", "soak"), time.monotonic(), 0.0
            sound = session.devices.sound
            assert isinstance(sound, RoomAudio)
            while (passed := time.monotonic() - begin) < span:
                if session.is_idle:
                    session.submit(Start(plan))
                    started = time.monotonic() - session.status().session.elapsed
                drift = session.status().session.elapsed - (time.monotonic() - started)
                looks.append(_look(passed, sound, drift))
                await asyncio.sleep(LOOK_EVERY)
    return looks


def _look(at: float, sound: RoomAudio, drift: float) -> Look:
    process = psutil.Process()
    files, threads = process.num_fds(), process.num_threads()
    look = Look(at, own_memory(), files, threads, sound.underruns, sound.errors, drift)
    _log.info("%s", look)
    return look


def _summed(looks: list[Look], size: int) -> Iterator[str]:
    settled = looks[SETTLED:]
    hours = [look.at / 3600 for look in settled]
    slope = float(np.polyfit(hours, [look.memory for look in settled], 1)[0])
    first, last = settled[0], looks[-1]
    yield f"{last.at / 3600:.2f} hours: memory {last.memory:.1f} MB, {slope:+.2f} MB an hour"
    yield f"files open {first.files} to {last.files}, threads {first.threads} to {last.threads}"
    yield f"underruns {last.underruns}, blocks lost {last.errors}, journal {size / 1000:.0f} kB"
    yield f"session time off by {max(abs(look.drift) for look in looks) * 1000:.2f} ms at most"
