"""Sound devices, by miniaudio, and the one that is always there and makes no sound."""

import os
import threading
import time
from collections.abc import Callable, Generator
from typing import Protocol

import numpy as np

from kacenv.audio import backend
from kacenv.audio.samples import RATE, Block, frames_in
from kacenv.units import Seconds

_PERIOD_MS = 60
_SERVER_LATENCY_MS = 120
_SERVER_LATENCY_BYTES = 120_000
"""PulseAudio's memory comes in blocks of 64 KiB: of a server that wants two or more at the
beginning, miniaudio fills one, and both wait for each other for ever."""
_LATENCY_VARIABLE = "PULSE_LATENCY_MSEC"
_NULL_PERIOD = Seconds(0.02)

Pull = Callable[[int], Block]
"""Gives the next frames to play; never raises, never waits."""
OnStop = Callable[[], None]
"""Hears, from any thread, that a device has stopped by itself; must not close it there."""


class Device(Protocol):
    """Something that pulls sound until it is closed."""

    name: str
    """As people know it."""
    latency: Seconds
    """From the pull of a sample to its being heard, as estimated."""

    def start(self, pull: Pull, on_stop: OnStop) -> None:
        """Begin to pull, from a thread of its own."""
        ...

    def heard_in(self) -> Seconds | None:
        """How soon what is pulled now will be heard, as well as the device can tell.

        None while a device that can tell doesn't know yet. For the thread that pulls.
        """
        ...

    def close(self) -> None:
        """Stop pulling; twice does no harm."""
        ...


class NullDevice:
    """Pulls in real time and lets the sound go."""

    name = "none"
    latency = Seconds(0.0)

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, pull: Pull, on_stop: OnStop) -> None:  # noqa: ARG002 - it never stops
        """Begin to pull, from a thread of its own."""
        self._thread = threading.Thread(target=self._run, args=(pull,), name="null-output")
        self._thread.daemon = True
        self._thread.start()

    def close(self) -> None:
        """Stop pulling; twice does no harm."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def heard_in(self) -> Seconds:
        """At once."""
        return self.latency

    def _run(self, pull: Pull) -> None:
        begun, pulled = time.monotonic(), 0
        while not self._stop.wait(max(0.0, begun + pulled * _NULL_PERIOD - time.monotonic())):
            pull(frames_in(_NULL_PERIOD))
            pulled += 1


class SoundDevice:
    """A device of the system's sound server or card, opened with all its channels.

    One of several is `telling`: it asks the server how soon its sound will be heard.

    Raises:
        DeviceError: No device is called that, or it has too few channels, or won't open.
    """

    def __init__(self, wanted: str, channels: int, *, telling: bool = False) -> None:
        found = backend.find(wanted, channels)
        _hold_little(found.channels)
        self.name, self.latency = found.name, found.latency
        self._spare = found.channels - channels
        self._device = backend.open_device(found, _PERIOD_MS, telling=telling)
        self._teller = backend.teller(self._device, found) if telling else None

    def start(self, pull: Pull, on_stop: OnStop) -> None:
        """Begin to pull, from the sound system's thread."""
        feeder = self._feeder(pull)
        next(feeder)
        backend.start(self._device, feeder, on_stop)

    def heard_in(self) -> Seconds | None:
        """As the server tells, or as estimated where none does."""
        return self._teller.heard_in() if self._teller else self.latency

    def close(self) -> None:
        """Stop pulling; twice does no harm."""
        self._device.stop_callback = None
        self._device.close()

    def _feeder(self, pull: Pull) -> Generator[Block | None, int, None]:
        frames = yield None
        while True:
            block = pull(frames)
            frames = yield np.pad(block, ((0, 0), (0, self._spare))) if self._spare else block


def _hold_little(channels: int) -> None:
    """Have PulseAudio keep little sound in hand; by itself it keeps up to two seconds.

    The variable is the whole process's, so it only ever falls.
    """
    usual = min(_SERVER_LATENCY_MS, _SERVER_LATENCY_BYTES * 1000 // (RATE * channels * 4))
    wanted = os.environ.get(_LATENCY_VARIABLE, "")
    least = min(int(wanted), usual) if wanted.isdecimal() and int(wanted) else usual
    os.environ[_LATENCY_VARIABLE] = str(least)
