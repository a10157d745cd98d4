"""Records a null sink, and knows when each of its samples was found."""

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from support.pulse import CHANNELS, Pulse
from support.waiting import wait_until

from kacenv.devices.audio.samples import RATE, Block

LATENCY_MS = 10
_READ = 65536
_CLICK = 0.5


class Recorder:
    """Writes what a sink plays to a file, and notes when each piece of it came.

    A sample counts as found when it was read: what the sink, its monitor and the reading take
    is in every figure; `own_delay` says how much that is.
    """

    def __init__(self, pulse: Pulse, folder: Path) -> None:
        self._pulse, self._path = pulse, folder / "recorder.raw"
        self._moments: list[float] = []
        self._frames: list[int] = []
        command = ["parec", f"--device={pulse.sink}.monitor", "--raw", *_form(pulse)]
        self._parec: Any = subprocess.Popen(
            command, env={**os.environ, **pulse.env}, stdout=subprocess.PIPE
        )
        self._thread = threading.Thread(target=self._run, name="recorder")
        self._thread.start()

    def close(self) -> None:
        """Stop recording."""
        self._parec.terminate()
        self._thread.join()
        self._parec.stdout.close()
        self._parec.wait()

    @property
    def heard(self) -> bool:
        """Whether anything has come yet."""
        return bool(self._frames)

    def _run(self) -> None:
        size, count = 4 * self._pulse.channels, 0
        with self._path.open("wb") as file:
            while data := os.read(self._parec.stdout.fileno(), _READ):
                count += len(data)
                self._moments.append(time.monotonic())
                file.write(data)
                file.flush()
                self._frames.append(count // size)

    def between(self, begin: float, end: float) -> tuple[int, Block]:
        """The samples found between two moments (monotonic seconds), and which the first is."""
        first, last = (self.frame_at(moment) for moment in (begin, end))
        shape = (self._frames[-1], self._pulse.channels)
        tape = np.memmap(self._path, np.float32, "r", shape=shape)
        return first, np.array(tape[first:last])

    def frame_at(self, moment: float) -> int:
        """Which sample was found at a moment (monotonic seconds)."""
        index = int(np.searchsorted(self._moments, moment))
        return self._frames[min(index, len(self._frames) - 1)]

    def found_at(self, frame: int) -> float:
        """When a sample was found (monotonic seconds)."""
        index = int(np.searchsorted(self._frames, frame, side="right"))
        return self._moments[min(index, len(self._moments) - 1)]

    def own_delay(self, times: int = 20) -> float:
        """Seconds from writing a sample straight to the sink to its being found, the median."""
        return statistics.median(self._clicks(times))

    def _clicks(self, times: int) -> Iterator[float]:
        with _straight(self._pulse) as stream:
            rest = np.zeros((RATE // 200, self._pulse.channels), np.float32)
            click = rest.copy()
            click[:] = _CLICK
            for number in range(times):
                written = 0.0
                due = time.monotonic()
                for step in range(80 + number % 7):
                    stream.write((click if step == 40 else rest).tobytes())
                    written = time.monotonic() if step == 40 else written
                    due += len(rest) / RATE
                    time.sleep(max(0.0, due - time.monotonic()))
                first, sound = self.between(written - 0.01, time.monotonic())
                loud = np.flatnonzero(np.abs(sound[:, 0]) > _CLICK / 2)
                if len(loud):
                    yield self.found_at(first + int(loud[0])) - written


@contextmanager
def recording(pulse: Pulse, folder: Path) -> Iterator[Recorder]:
    """A recorder that hears the sink."""
    recorder = Recorder(pulse, folder)
    try:
        wait_until(lambda: recorder.heard)
        yield recorder
    finally:
        recorder.close()


@contextmanager
def _straight(pulse: Pulse) -> Iterator[Any]:
    """A stream to the sink that keeps as little in hand as the server allows."""
    command = ["pacat", f"--device={pulse.sink}", "--playback", "--raw", *_form(pulse)]
    with subprocess.Popen(
        command, env={**os.environ, **pulse.env}, stdin=subprocess.PIPE, bufsize=0
    ) as player:
        assert player.stdin
        yield player.stdin
        player.stdin.close()


def _form(pulse: Pulse) -> list[str]:
    places = ",".join(CHANNELS[: pulse.channels])
    return [
        f"--channel-map={places}",
        "--format=float32le",
        f"--rate={RATE}",
        f"--channels={pulse.channels}",
        f"--latency-msec={LATENCY_MS}",
    ]
