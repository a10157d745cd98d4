"""Kills of every process of a real room, with real sound and a real broker."""

import math
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import numpy as np
import psutil
import soundfile
from numpy.typing import NDArray
from support.daemon import Daemon
from support.houses import write_house
from support.mosquitto import Mosquitto
from support.pulse import Pulse

from kacenv.config import House, load_room
from kacenv.devices.audio.samples import RATE
from kacenv.devices.lights.simulator.virtual_lamp import VirtualLamp
from kacenv.engine.step import LEAD
from kacenv.system.clock import MonotonicClock
from soak.listening import FLOOR, levels

KILLS = 10
"""How often each process is killed."""
LIVES = (4.0, 9.0)
"""How long the room lives between two kills, in seconds."""
PIECE = 240.0
ROLES: Final = ("room", "decoder", "decoder server", "supervisor", "player")
_NAMES: Final = {"decoder": "kacenv-decoder", "decoder server": "kacenv-decoders"}
"""How those are called that are below the player."""
_FINE = RATE // 100
_FITS: Final = -40.0
"""Residual (dB) of the music before a kill up to which one piece alone is heard there."""
Sound = NDArray[np.float64]


class Kill(NamedTuple):
    """One kill, as it was heard.

    Seconds of silence, of misplacement, dB of the rise after, and dB of what differs from the piece
    alone; the latter is None where two pieces sound.
    """

    silent: float
    off: float
    rise: float
    residual: float | None


def report(kills: float = KILLS) -> Iterator[str]:
    """What the kills of each process did to the music and to the session."""
    for role in ROLES:
        with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
            run = KillRun(Path(place), stack, role)
            run.kill(round(kills))
            yield from run.told(round(kills))


class KillRun:
    """A room with sound, lamps and check-ins, a process of which is killed again and again."""

    def __init__(self, folder: Path, stack: ExitStack, role: str) -> None:
        self.role = role
        self.house, self.pulse = open_room(folder, stack)
        environment = {**os.environ, **self.pulse.env}
        self.daemon = stack.enter_context(Daemon(self.house, "soak", environment, supervised=True))
        stack.callback(self._end)
        self.recording = folder / "room.raw"
        stack.enter_context(self.pulse.recording(self.recording))
        self.killed_at: list[float] = []
        self.before: list[dict[str, Any]] = []
        self.after: list[dict[str, Any]] = []
        self._random = Random(5)  # noqa: S311 - chance, not a secret

    def kill(self, kills: int) -> None:
        """Begin the session, and kill the process at moments nobody chose."""
        self.daemon.run("start", "soak")
        time.sleep(6.0)
        for _ in range(kills):
            time.sleep(self._random.uniform(*LIVES))
            self.before.append(self._moment())
            os.kill(self._victim(), signal.SIGKILL)
            self.killed_at.append(self._recorded())
            time.sleep(3.0)
            self.after.append(self._moment())
        time.sleep(5.0)

    def _victim(self) -> int:
        if self.role not in _NAMES:
            return self.daemon.process(self.role)
        below = psutil.Process(self.daemon.process("player")).children(recursive=True)
        return self._random.choice([one.pid for one in below if one.name() == _NAMES[self.role]])

    def _end(self) -> None:
        """End a supervisor that has taken the place of the first."""
        with suppress(OSError):
            os.kill(self.daemon.process("supervisor"), signal.SIGTERM)

    def _recorded(self) -> float:
        """How much has been recorded by now, in seconds."""
        return self.recording.stat().st_size / (RATE * 2 * 4)

    def _moment(self) -> dict[str, Any]:
        status = self.daemon.ask_status()
        return {"recorded": self._recorded(), **status["session"], "lamps": status["lamps"]}

    def told(self, kills: int) -> Iterator[str]:
        """Lines for the report."""
        sound = self.pulse.read(self.recording).astype(np.float64)
        heard = [self._heard(sound, number) for number in range(kills)]
        silent = sorted(kill.silent for kill in heard)
        off = sorted(abs(kill.off) for kill in heard)
        lost = sum(after["mode"] == "idle" for after in self.after)
        pairs = list(zip(self.before, self.after, strict=True))
        wrong = sum(not _next_to(before["phase"], after["phase"]) for before, after in pairs)
        yield f"{kills} kills of a {self.role}: sessions lost {lost}, wrong phase {wrong}"
        yield (
            f"silence after one: median {_share(silent, 0.5):.2f} s, "
            f"p95 {_share(silent, 0.95):.2f} s, longest {silent[-1]:.2f} s"
        )
        yield f"place in the music off by: median {_share(off, 0.5):.3f} s, p99 {off[-1]:.3f} s"
        yield f"largest rise within 50 ms after a kill: {max(kill.rise for kill in heard):.1f} dB"
        alone = sorted(kill.residual for kill in heard if kill.residual is not None)
        if alone:
            yield (
                f"what differs from the piece, in {len(alone)} of them with one piece alone: "
                f"median {_share(alone, 0.5):.0f} dB, most {alone[-1]:.0f} dB"
            )

    def _heard(self, sound: Sound, number: int) -> Kill:
        """Where the music came back after a kill, and at which place of which piece."""
        begin = round(self.killed_at[number] * RATE)
        stretch = sound[begin : begin + round(3.0 * RATE)].astype(np.float32)
        loud = levels(stretch, _FINE) >= FLOOR
        quiet = np.flatnonzero(~loud)
        first = quiet[0] if len(quiet) else 0
        came = first + int(np.argmax(loud[first:]))
        steps = np.diff(np.maximum(levels(stretch[first * _FINE :]), FLOOR))
        silent = came / 100 if len(quiet) else 0.0
        rise = float(steps.max(initial=0.0)) if len(quiet) else 0.0
        return Kill(silent, self._misplaced(sound, number), rise, self._residual(sound, number))

    def _misplaced(self, sound: Sound, number: int) -> float:
        """How far the music after a kill is from where it would have been, by correlation."""
        before, after = self.before[number], self.after[number]
        title = after["playing"]["title"]
        piece, _ = soundfile.read(self.house / "playlists" / f"{title}.ogg", dtype="float64")
        here = round((after["recorded"] - 1.0) * RATE)
        probe = sound[here : here + RATE, 0]
        passed = after["recorded"] - before["recorded"]
        if before["playing"]["title"] == title:
            expected = before["playing"]["position"] + passed - 1.0
        else:
            expected = after["playing"]["position"] - 1.0
        expected -= LEAD  # what the status says is as far ahead of the room as the engine
        start = max(0, round((expected - 2.0) * RATE))
        around: Sound = piece[start : start + 5 * RATE, 0].astype(np.float64)
        return float((start + _best_lag(around, probe)) / RATE - expected)

    def _residual(self, sound: Sound, number: int) -> float | None:
        """Return what differs (dB) from the piece in the 2.5 s around a kill.

        None if more than that piece sounds before it.
        """
        before = self.before[number]
        title, killed = before["playing"]["title"], round(self.killed_at[number] * RATE)
        piece, _ = soundfile.read(self.house / "playlists" / f"{title}.ogg", dtype="float64")
        heard = sound[killed - RATE : killed + 3 * RATE // 2]
        place = before["playing"]["position"] + self.killed_at[number] - before["recorded"] - 1.0
        start = max(0, round((place - LEAD - 1.0) * RATE))
        around: Sound = piece[start : start + 6 * RATE].astype(np.float64)
        expected = around[_best_lag(around[: 3 * RATE, 0], heard[: RATE // 2, 0]) :]
        if len(expected) < len(heard) or _difference(heard[: RATE // 2], expected) > _FITS:
            return None
        return _difference(heard, expected)


def _difference(heard: Sound, expected: Sound) -> float:
    """Return what is left (dB) of a sound without as much of the other as fits best."""
    other = expected[: len(heard)]
    gain = float(np.vdot(other, heard)) / float(np.vdot(other, other))
    left = float(np.linalg.norm(heard - gain * other)) / float(np.linalg.norm(heard))
    return 20 * math.log10(max(left, 1e-9))


def _best_lag(sound: Sound, probe: Sound) -> int:
    size = 1 << (len(sound) + len(probe)).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(probe, size))
    return int(np.fft.irfft(spectrum, size)[: len(sound) - len(probe)].argmax())


def _next_to(before: int | None, after: int | None) -> bool:
    return before is not None and after is not None and before <= after <= before + 1


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, round(share * len(ordered)))]


def open_room(folder: Path, stack: ExitStack) -> tuple[Path, Pulse]:
    """A house with one room whose broker, lamps and sound server are there; with the latter."""
    broker = stack.enter_context(Mosquitto(folder))
    pulse = stack.enter_context(Pulse(folder))
    house = make_house(folder / "house", broker.port)
    for lamp in load_room(House(house), "soak").lights:
        stack.enter_context(VirtualLamp(lamp, MonotonicClock(), broker.port))
    return house, pulse


def make_house(house: Path, port: int) -> Path:
    """A room with two lamps at the broker on `port`, and a session of twenty short phases."""
    write_house(house, rooms__soak=_ROOM.format(port=port), scenes__soak=_SCENE)
    for number in range(8):
        _write_noise(house / "playlists" / f"noise-{number}.ogg", number)
    tracks = "".join(_TRACK.format(number) for number in range(8))
    (house / "playlists" / "soak.yaml").write_text(_PLAYLIST + tracks)
    return house


def _write_noise(path: Path, seed: int) -> None:
    """Noise that tells by any second of it which second that is."""
    random = np.random.default_rng(seed)
    with soundfile.SoundFile(path, "w", RATE, 2) as file:
        for _ in range(round(PIECE)):
            file.write(0.05 * random.standard_normal((RATE, 2)))


_TRACK = "  - {{file: noise-{0}.ogg, title: noise-{0}, artist: x, licence: x, instrumental: yes}}\n"
_PLAYLIST = "title: Soak\nrepeat: yes\ncrossfade: 8s\ntracks:\n"
_ROOM = """name: soak
outputs: [{{id: speakers, role: speakers, device: room}}]
broker: {{host: 127.0.0.1, port: {port}}}
lights:
  - {{id: left, dialect: zigbee2mqtt, topic: z/left, zone: seats, can: [level, transition]}}
  - {{id: right, dialect: plain, topic: lamps/right, zone: task}}
safe_light: {{seats: 70%, task: 70%}}
looks:
  low: {{seats: 10%, task: 20%}}
  high: {{seats: 40%, task: 60%}}
"""
_PHASES = "".join(
    f"  - {{name: phase-{n}, duration: 70s, playlist: soak, light: {look}, light_fade: 30s,"
    " crossfade: 10s}\n"
    for n, look in enumerate(("low", "high") * 10)
)
_SCENE = f"""title: Soak
phases:
{_PHASES}check_ins:
  - {{every: 20s, phases: [{", ".join(f"phase-{n}" for n in range(20))}], prompt: Look in}}
"""
