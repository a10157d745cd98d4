"""Sound devices: miniaudio's, and a silent one that is always available."""

import os
import threading
import time
from collections.abc import Callable, Generator
from typing import Protocol

import numpy as np

from kacenv.core.units import Seconds
from kacenv.devices.audio.output import miniaudio_backend
from kacenv.devices.audio.output.pulse_device import PulseDevice
from kacenv.devices.audio.samples import RATE, Block, frames_in
from kacenv.system.thread_priority import raise_thread_priority

_PERIOD_MS = 60
_SERVER_LATENCY_MS = 120
_SERVER_LATENCY_BYTES = 120_000
"""Bound on the server's buffer (bytes): PulseAudio's memory comes in blocks of 64 KiB. If a server
requests two or more at the start, miniaudio fills one, and both wait for each other for ever."""
_LATENCY_VARIABLE = "PULSE_LATENCY_MSEC"
_CARD_HOLDS = Seconds(3 * _PERIOD_MS / 1000)
"""Buffer of a sound card: miniaudio asks ALSA for three periods (MA_DEFAULT_PERIODS)."""
_JACK_HOLDS = Seconds(0.05)
"""Two of JACK's periods of 1024 frames: it tells the size of one with the first pull alone."""
_NULL_PERIOD = Seconds(0.06)
_LARGEST_LAG = Seconds(1.0)
"""Lag (s) that the silent device catches up with; a machine that is behind by more is too slow."""

Pull = Callable[[int], Block]
"""Callback that returns the next frames to play; never raises or blocks."""
OnStop = Callable[[], None]
"""Callback, from any thread, for a device that has stopped by itself; must not close it."""


class Device(Protocol):
    """Playback device that pulls blocks until closed."""

    name: str
    """Name for people."""
    latency: Seconds
    """Estimated latency (s) from the pull of a sample to its sound."""
    held: Seconds | None
    """Sound (s) held by device and server when their buffers are full; None if nobody hears it."""

    def start(self, pull: Pull, on_stop: OnStop) -> None:
        """Start to pull, on the device's own thread."""

    def heard_in(self) -> Seconds | None:
        """Return the latency (s) of the next sample, measured if the device can.

        None if a measurement isn't available yet. For the pulling thread only.
        """

    def close(self) -> None:
        """Stop pulling; idempotent."""


class NullDevice:
    """Silent device: pulls in real time and discards the sound."""

    name = "none"
    latency = Seconds(0.0)
    held: Seconds | None = None

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, pull: Pull, on_stop: OnStop) -> None:  # noqa: ARG002 - it never stops
        """Start to pull, on a new thread."""
        self._thread = threading.Thread(target=self._run, args=(pull,), name="null-output")
        self._thread.daemon = True
        self._thread.start()

    def close(self) -> None:
        """Stop pulling; idempotent."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def heard_in(self) -> Seconds:
        """Return 0."""
        return self.latency

    def _run(self, pull: Pull) -> None:
        due = time.monotonic()
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            pull(frames_in(_NULL_PERIOD))
            due = max(due + _NULL_PERIOD, time.monotonic() - _LARGEST_LAG)


class SoundDevice:
    """Device of the system's sound server or card, opened with all its channels.

    Raises:
        DeviceError: No device is called that, or it has too few channels, or won't open.
    """

    def __init__(self, wanted: str, channels: int) -> None:
        found = miniaudio_backend.find(wanted, channels)
        server_holds = _hold_little(found.channels)
        own = _JACK_HOLDS if found.on_jack else _CARD_HOLDS
        self.held: Seconds | None = server_holds if found.on_server else own
        self.name, self.latency = found.name, found.latency
        self._spare = found.channels - channels
        self._device = miniaudio_backend.open_device(found, _PERIOD_MS)

    def start(self, pull: Pull, on_stop: OnStop) -> None:
        """Start to pull, on the sound system's thread."""
        feeder = self._feeder(pull)
        next(feeder)
        miniaudio_backend.start(self._device, feeder, on_stop)

    def heard_in(self) -> Seconds:
        """Return the estimated latency (s)."""
        return self.latency

    def close(self) -> None:
        """Stop pulling; idempotent."""
        self._device.stop_callback = None
        self._device.close()

    def _feeder(self, pull: Pull) -> Generator[Block | None, int, None]:
        frames = yield None
        raise_thread_priority()
        while True:
            block = pull(frames)
            frames = yield np.pad(block, ((0, 0), (0, self._spare))) if self._spare else block


def open_one_of_several(wanted: str, channels: int) -> Device:
    """Open a device that shall be heard together with others; it measures its latency if it can.

    Raises:
        DeviceError: No device is called that, or it has too few channels, or won't open.
    """
    found = miniaudio_backend.find(wanted, channels)
    return PulseDevice(found, channels) if found.on_server else SoundDevice(wanted, channels)


def _hold_little(channels: int) -> Seconds:
    """Limit PulseAudio's buffer, by default up to two seconds; return the limit.

    The environment variable applies to the whole process, so it is only ever lowered.
    """
    usual = min(_SERVER_LATENCY_MS, _SERVER_LATENCY_BYTES * 1000 // (RATE * channels * 4))
    wanted = os.environ.get(_LATENCY_VARIABLE, "")
    least = min(int(wanted), usual) if wanted.isdecimal() and int(wanted) else usual
    os.environ[_LATENCY_VARIABLE] = str(least)
    return Seconds(least / 1000)
