"""CPU and memory of a playing session, beside Liquidsoap on the same two files."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil
from support.daemon import Daemon
from support.houses import FOREIGN_MUSIC, musical_house
from support.pulse import Pulse

SETTLE, WATCH = 12.0, 30.0
"""Seconds to wait before, and to watch."""
CROSSFADE = 6.0
IDLE_LIMIT = 0.003
"""What a room with nobody in it should take, as a share of one core."""


class Weight(NamedTuple):
    """CPU as a share of one core, and resident memory in MB."""

    cpu: float
    memory: float

    def __str__(self) -> str:
        """For the report."""
        return f"{100 * self.cpu:5.2f} % of a core, {self.memory:4.0f} MB"


def report() -> Iterator[str]:
    """Each player's weight while it plays to the same null sink, and the ratio."""
    files = sorted(FOREIGN_MUSIC.glob("*.ogg"))[:2]
    with tempfile.TemporaryDirectory() as folder, Pulse(Path(folder)) as pulse:
        environment = {**os.environ, **pulse.env}
        with Daemon(idle_house(Path(folder), files), "bench", environment) as daemon:
            idle = weigh(daemon.pid)
        with play_with_kacenv(Path(folder), files, environment) as process:
            ours = weigh(process)
        with play_with_liquidsoap(Path(folder), files, environment) as process:
            theirs = weigh(process)
    yield f"kacenv      {ours}"
    yield f"Liquidsoap  {theirs}"
    cpu, memory = ours.cpu / theirs.cpu, ours.memory / theirs.memory
    yield f"idle        {idle}; the limit is {100 * IDLE_LIMIT:g} %"
    yield f"ratio       {cpu:.2f} of its CPU, {memory:.2f} of its memory"


def idle_house(folder: Path, files: list[Path]) -> Path:
    """The same house as that which plays, for a room in which nothing is started."""
    return musical_house(folder / "idle", files, crossfade=CROSSFADE)


@contextmanager
def play_with_kacenv(folder: Path, files: list[Path], environment: dict[str, str]) -> Iterator[int]:
    """A room's daemon that plays `files` in turn; its process."""
    house = musical_house(folder / "house", files, crossfade=CROSSFADE)
    with Daemon(house, "bench", environment) as daemon:
        daemon.run("start", "bench", "--room", "bench")
        yield daemon.pid


@contextmanager
def play_with_liquidsoap(
    folder: Path, files: list[Path], environment: dict[str, str]
) -> Iterator[int]:
    """Liquidsoap that plays `files` in turn, by its own crossfade; its process."""
    script = folder / "bench.liq"
    requests = ", ".join(f'single("{file}")' for file in files)
    script.write_text(
        "settings.init.allow_root.set(true)\n"
        "settings.log.level.set(2)\n"
        f"music = rotate([{requests}])\n"
        f"music = cross(duration={CROSSFADE}, fun (a, b) -> "
        f"add(normalize=false, [fade.in(duration={CROSSFADE}, b.source), "
        f"fade.out(duration={CROSSFADE}, a.source)]), music)\n"
        "output.pulseaudio(fallible=true, music)\n"
    )
    process = subprocess.Popen(
        ["liquidsoap", str(script)], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def weigh(pid: int, settle: float = SETTLE, watch: float = WATCH) -> Weight:
    """Return what a process weighs in the `watch` seconds after `settle`."""
    process = psutil.Process(pid)
    time.sleep(settle)
    if process.status() == psutil.STATUS_ZOMBIE:
        raise RuntimeError("a player ended before it could be weighed")
    before, start = sum(process.cpu_times()[:2]), time.monotonic()
    time.sleep(watch)
    spent = sum(process.cpu_times()[:2]) - before
    return Weight(spent / (time.monotonic() - start), process.memory_info().rss / 2**20)
