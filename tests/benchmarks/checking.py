"""`check` of a clinic whose cache is warm, `rehearse` of long sessions, and how both grow."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from support.clinics import make_clinic

from kacenv.config import House, check_files, load_room, load_session
from kacenv.core.units import Seconds
from kacenv.model.room import Room
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.simulation import rehearse

SCENES, PLAYLISTS, TRACKS = 50, 200, 5000
SIZES = (1, 2, 4)
ROUNDS = 5
_KACENV = Path(sys.executable).with_name("kacenv")


def report() -> Iterator[str]:
    """The best of a few rounds of each, at one, two and four times the size."""
    yield from _checks()
    yield from _rehearsals()


def _checks() -> Iterator[str]:
    for size in SIZES:
        with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
            patch.setitem(os.environ, "KACENV_CACHE", f"{name}/cache")
            counts = SCENES * size, PLAYLISTS * size, TRACKS * size
            house = make_clinic(Path(name) / "house", *counts)
            found = check_files(house)  # reads every header once
            assert not found.problems
            assert not found.cautions
            looked = _best(partial(check_files, house))
            whole = _best(partial(_command, house))
        of = "{} scenes, {} playlists, {:,} tracks".format(*counts)
        yield f"check  x{size}  {looked:5.2f} s  ({whole:.2f} s as a command)  {of}"


def _command(house: House) -> None:
    words = [str(_KACENV), "check", "--strict", "--house", str(house.root)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def _rehearsals() -> Iterator[str]:
    house = House(Path(__file__).parents[2])
    room, timeline = load_room(house, "demo"), load_session(house, "couple-lozenge", "demo")
    for size in SIZES:
        longer = _longer(timeline, size)
        commands = len(list(rehearse(room, longer)))
        took = 1e3 * _best(partial(_rehearse, room, longer))
        hours = f"{longer.duration / 3600:g} h"
        yield f"rehearse x{size} {took:4.0f} ms of engine time, {hours}, {commands} commands"


def _rehearse(room: Room, timeline: Timeline) -> None:
    for _ in rehearse(room, timeline):
        pass


def _longer(timeline: Timeline, times: int) -> Timeline:
    phases = (replace(phase, duration=Seconds(phase.duration * times)) for phase in timeline.phases)
    return replace(timeline, phases=tuple(phases))


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
