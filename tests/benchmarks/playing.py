"""CPU and memory of a playing session, beside Liquidsoap and MPD on the same two files.

Of each player the whole tree of processes is weighed, those that ended meanwhile included. The
three take turns, three times; each figure is the median of its turns.
"""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import psutil
from support.daemon import Daemon
from support.houses import FOREIGN_MUSIC, musical_house
from support.pulse import Pulse
from support.waiting import wait_until

SETTLE, WATCH = 12.0, 30.0
"""Seconds to wait before, and to watch."""
TURNS: Final = 3
CROSSFADE = 6.0
IDLE_LIMIT = 0.003
"""What a room with nobody in it should take, as a share of one core."""
CPU_LIMIT, MEMORY_LIMIT = 1.0, 0.5
"""What kacenv should take at most of Liquidsoap's processor, and its own share (PSS) of
Liquidsoap's resident memory."""
_EIGHT: Final = """\
  - {id: speakers, role: speakers, channels: [1, 2, 3, 4]}
  - {id: seat-a, role: seat-a, channels: [5, 6]}
  - {id: seat-b, role: seat-b, channels: [7, 8]}
"""
_TWO: Final = "  - {id: speakers, role: speakers}\n"
Player = Callable[[Path, list[Path], dict[str, str]], AbstractContextManager[int]]


class Weight(NamedTuple):
    """CPU as a share of one core; memory in MB, each page's share (PSS) and resident (RSS)."""

    cpu: float
    pss: float
    rss: float

    def __str__(self) -> str:
        """For the report."""
        return f"{100 * self.cpu:5.2f} % of a core, {self.pss:4.0f} MB (RSS {self.rss:4.0f} MB)"


def report() -> Iterator[str]:
    """Each player's weight while it plays to a null sink, the ratios, and kacenv's other states."""
    files = sorted(FOREIGN_MUSIC.glob("*.ogg"))[:2]
    players: dict[str, Player] = {
        "kacenv": play_with_kacenv,
        "Liquidsoap": play_with_liquidsoap,
        "MPD": play_with_mpd,
    }
    found: dict[str, list[Weight]] = {name: [] for name in players}
    for _ in range(TURNS):
        for name, player in players.items():
            found[name].append(_weighed(player, files))
    medians = {name: _median(weights) for name, weights in found.items()}
    for name, weight in medians.items():
        each = ", ".join(f"{100 * one.cpu:.2f}" for one in found[name])
        yield f"{name:<12}{weight}; CPU of each turn {each} %"
    ours, theirs = medians["kacenv"], medians["Liquidsoap"]
    yield (
        f"ratio       {ours.cpu / theirs.cpu:.2f} of Liquidsoap's CPU (aim {CPU_LIMIT:g}), "
        f"{ours.pss / theirs.rss:.2f} of its memory (aim {MEMORY_LIMIT:g}); "
        f"{ours.cpu / medians['MPD'].cpu:.2f} of MPD's CPU"
    )
    yield f"8 channels  {_weighed(_play_in_eight_channels, files, channels=8)}"
    yield f"idle        {_weighed(_idle, files)}; the aim is {100 * IDLE_LIMIT:g} %"


def _weighed(player: Player, files: list[Path], channels: int = 2) -> Weight:
    with (
        tempfile.TemporaryDirectory() as place,
        Pulse(Path(place), channels) as pulse,
        player(Path(place), files, {**os.environ, **pulse.env}) as process,
    ):
        return weigh(process)


def _median(weights: Sequence[Weight]) -> Weight:
    return Weight(*(statistics.median(figures) for figures in zip(*weights, strict=True)))


@contextmanager
def _idle(folder: Path, files: list[Path], environment: dict[str, str]) -> Iterator[int]:
    """A room in which nothing is started; its first process."""
    with _room(folder, files, environment) as daemon:
        yield daemon.pid


@contextmanager
def play_with_kacenv(folder: Path, files: list[Path], environment: dict[str, str]) -> Iterator[int]:
    """A room that plays `files` in turn; its first process."""
    with _room(folder, files, environment) as daemon:
        daemon.run("start", "bench", "--room", "bench")
        yield daemon.pid


@contextmanager
def _play_in_eight_channels(
    folder: Path, files: list[Path], environment: dict[str, str]
) -> Iterator[int]:
    """The same where there are speakers all round and two seats."""
    with _room(folder, files, environment, _EIGHT) as daemon:
        daemon.run("start", "bench", "--room", "bench")
        yield daemon.pid


@contextmanager
def _room(
    folder: Path, files: list[Path], environment: dict[str, str], outputs: str = _TWO
) -> Iterator[Daemon]:
    house = musical_house(folder / "house", files, crossfade=CROSSFADE)
    room = house / "rooms/bench.yaml"
    room.write_text(room.read_text().replace(_TWO, outputs))
    with Daemon(house, "bench", environment, supervised=True) as daemon:
        yield daemon


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
    with _running(["liquidsoap", str(script)], environment) as process:
        yield process


@contextmanager
def play_with_mpd(folder: Path, files: list[Path], environment: dict[str, str]) -> Iterator[int]:
    """MPD that plays `files` in turn, by its own crossfade; its process."""
    home = folder / "mpd"
    home.mkdir()
    socket, settings = home / "socket", home / "mpd.conf"
    settings.write_text(
        f'music_directory "{files[0].parent}"\n'
        f'bind_to_address "{socket}"\n'
        'audio_output {\n  type "pulse"\n  name "bench"\n}\n'
    )
    with _running(["mpd", "--no-daemon", "--stderr", str(settings)], environment) as process:
        wait_until(socket.exists, "MPD doesn't answer")
        orders = [["add", f"file://{file}"] for file in files]
        orders += [["repeat", "on"], ["crossfade", f"{CROSSFADE:g}"], ["play"]]
        for order in orders:
            subprocess.run(["mpc", f"--host={socket}", "--quiet", *order], check=True)
        yield process


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[int]:
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, stdout=nothing, stderr=nothing)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def weigh(pid: int, settle: float = SETTLE, watch: float = WATCH) -> Weight:
    """Return what a process and those below it weigh in the `watch` seconds after `settle`."""
    time.sleep(settle)
    before, start = _spent(pid), time.monotonic()
    time.sleep(watch)
    cpu = (_spent(pid) - before) / (time.monotonic() - start)
    sizes = [one.memory_full_info() for one in _tree(pid)]
    pss, rss = sum(one.pss for one in sizes), sum(one.rss for one in sizes)
    return Weight(cpu, pss / 2**20, rss / 2**20)


def _spent(pid: int) -> float:
    """Return the CPU time (s) of a tree of processes, and of those that have left it."""
    return sum(sum(one.cpu_times()[:4]) for one in _tree(pid))


def _tree(pid: int) -> list[psutil.Process]:
    root = psutil.Process(pid)
    if root.status() == psutil.STATUS_ZOMBIE:
        raise RuntimeError("a player ended before it could be weighed")
    return [root, *root.children(recursive=True)]
