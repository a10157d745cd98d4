"""One crossfade by kacenv, Liquidsoap, MPD, and two libVLC players whose volumes are stepped."""

import importlib
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from support.pulse import Pulse
from support.sounds import write_wav
from support.waiting import wait_until

from benchmarks import playing
from kacenv.devices.audio.samples import RATE, Block

LENGTH, CROSSFADE = 20.0, 6.0
"""Seconds of each file, and of the crossfade at the end of the first one."""
HEARD = (11.0, 25.0)
"""Seconds after the first sound between which the recording is measured: from its fade-in on."""
WINDOW = RATE // 20
_PITCH = 20.0
"""Every tone is a multiple of this, so that each window of 50 ms holds whole waves."""
_STEPS = 20.0
_ABSENT = 1e-3
Player = Callable[[Path, list[Path], dict[str, str]], AbstractContextManager[int]]


class Figures(NamedTuple):
    """`deviation` from constant power and `step` in dB, `gap` in samples."""

    deviation: float
    gap: int
    step: float
    weight: playing.Weight

    def __str__(self) -> str:
        """For the report."""
        return (
            f"off constant power {self.deviation:5.2f} dB, longest gap {self.gap:5d} samples, "
            f"largest 50 ms step {self.step:5.2f} dB, {self.weight}"
        )


def report() -> Iterator[str]:
    """A line for each player; each plays the same two files to the same null sink."""
    players: dict[str, Player] = {
        "kacenv": playing.play_with_kacenv,
        "Liquidsoap": playing.play_with_liquidsoap,
        "MPD": playing.play_with_mpd,
        "two libVLC players": _stepped_players,
    }
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = [_write(folder / f"music-{number}.wav", number) for number in (1, 2)]
        for name, player in players.items():
            with Pulse(folder) as pulse:
                yield f"{name:<18}  {_measure(folder, files, pulse, player)}"


def _write(path: Path, number: int) -> Path:
    """Two hundred tones at random phases: like noise, but of the same power in every window.

    The files share no tone, so in any window the power of both together is the sum of theirs.
    """
    random, time_axis = np.random.default_rng(number), np.arange(WINDOW) / RATE
    pitches = _PITCH * (np.arange(4, 404, 2) + number % 2)
    phases = random.uniform(0, 2 * np.pi, (2, len(pitches), 1))
    waves = np.sin(2 * np.pi * pitches[:, None] * time_axis + phases).sum(axis=1)
    period = 0.1 * waves / np.sqrt(np.mean(waves**2, axis=1, keepdims=True))
    sound = np.tile(period.T, (round(LENGTH * RATE / WINDOW), 1))
    return write_wav(path, sound)


def _measure(folder: Path, files: list[Path], pulse: Pulse, player: Player) -> Figures:
    recording = folder / "recording.raw"
    with (
        pulse.recording(recording),
        player(folder, files, {**os.environ, **pulse.env}) as pid,
    ):
        begin = _first_sound(pulse, recording)
        weight = playing.weigh(pid, HEARD[0] / 2, HEARD[1] - HEARD[0] / 2 + 0.5)
    sound = pulse.read(recording)[begin:]
    heard = sound[round(HEARD[0] * RATE) : round(HEARD[1] * RATE)]
    return Figures(*_listen(heard), weight)


def _first_sound(pulse: Pulse, recording: Path) -> int:
    """Wait for sound; the frame at which it begins."""

    def present() -> list[int]:
        time.sleep(0.2)
        loud = np.abs(pulse.read(recording)).max(axis=1) > _ABSENT
        return list(np.flatnonzero(loud)[:1])

    return wait_until(present, "a player played nothing")[0]


def _listen(sound: Block) -> tuple[float, int, float]:
    """Largest deviation from the power of the first second (dB), longest gap, largest step."""
    whole = len(sound) // WINDOW * WINDOW
    power = np.mean(np.square(sound[:whole].reshape(-1, 2 * WINDOW), dtype=np.float64), axis=1)
    levels = 10 * np.log10(np.maximum(power, 1e-12))
    steady = 10 * math.log10(np.mean(power[: RATE // WINDOW]))
    gap = _longest_run(np.abs(sound).max(axis=1) < _ABSENT / 10)
    return float(np.abs(levels - steady).max()), gap, float(np.abs(np.diff(levels)).max())


def _longest_run(absent: NDArray[np.bool_]) -> int:
    """Frames of the longest run of True."""
    places = np.arange(1, len(absent) + 1)
    return int((places - np.maximum.accumulate(np.where(absent, 0, places))).max())


@contextmanager
def _stepped_players(
    _folder: Path, files: list[Path], environment: dict[str, str]
) -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.crossfades", *map(str, files)]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _play_stepped(first: str, second: str) -> None:
    """What one would write without a mixer: volumes set twenty times a second, at equal power.

    VLC's volume is the cube root of the amplitude.
    """
    vlc: Any = importlib.import_module("vlc")  # only the process that plays needs it
    instance = vlc.Instance(["--aout=pulse", "--no-video", "--quiet"])
    players = [instance.media_player_new(path) for path in (first, second)]
    players[0].play()
    time.sleep(LENGTH - CROSSFADE)
    players[1].audio_set_volume(0)
    players[1].play()
    begin = time.monotonic()
    while (share := (time.monotonic() - begin) / CROSSFADE) < 1:
        for player, gain in zip(players, _gains(share), strict=True):
            player.audio_set_volume(round(100 * gain ** (1 / 3)))
        time.sleep(1 / _STEPS)
    players[1].audio_set_volume(100)
    time.sleep(LENGTH)


def _gains(share: float) -> tuple[float, float]:
    return math.cos(math.pi / 2 * share), math.sin(math.pi / 2 * share)


if __name__ == "__main__":
    _play_stepped(*sys.argv[1:3])
