"""Sound devices, by miniaudio, and the one that is always there and makes no sound."""

import logging
import threading
import time
from collections.abc import Callable, Generator
from typing import Any, Protocol

from kacenv.audio.samples import RATE, Block, frames_in
from kacenv.errors import DeviceError
from kacenv.units import Seconds

_PERIOD_MS = 30
_NULL_PERIOD = Seconds(0.02)
_log = logging.getLogger(__name__)

Pull = Callable[[int], Block]
"""Gives the next frames to play; never raises, never waits."""


class Device(Protocol):
    """Something that pulls sound until it is closed."""

    name: str
    """As people know it."""
    latency: Seconds
    """From the pull of a sample to its being heard, as estimated."""

    def start(self, pull: Pull) -> None:
        """Begin to pull, from a thread of its own."""
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

    def start(self, pull: Pull) -> None:
        """Begin to pull, from a thread of its own."""
        self._thread = threading.Thread(target=self._run, args=(pull,), name="null-output")
        self._thread.daemon = True
        self._thread.start()

    def close(self) -> None:
        """Stop pulling; twice does no harm."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _run(self, pull: Pull) -> None:
        begun, pulled = time.monotonic(), 0
        while not self._stop.wait(max(0.0, begun + pulled * _NULL_PERIOD - time.monotonic())):
            pull(frames_in(_NULL_PERIOD))
            pulled += 1


class SoundDevice:
    """A device of the system's sound server or card.

    Raises:
        DeviceError: No device is called that, or it can't be opened.
    """

    def __init__(self, wanted: str, channels: int) -> None:
        import miniaudio  # noqa: PLC0415 - starts up native code, so only where needed

        self.name, device_id = _find(miniaudio, wanted)
        try:
            self._device = miniaudio.PlaybackDevice(
                output_format=miniaudio.SampleFormat.FLOAT32,
                nchannels=channels,
                sample_rate=RATE,
                buffersize_msec=_PERIOD_MS,
                device_id=device_id,
                app_name="kacenv",
            )
        except miniaudio.MiniaudioError as error:
            raise DeviceError(f"the sound device {self.name!r} can't be opened") from error
        self.latency = Seconds(3 * _PERIOD_MS / 1000)
        self._error = miniaudio.MiniaudioError

    def start(self, pull: Pull) -> None:
        """Begin to pull, from the sound system's thread."""
        feeder = _feeder(pull)
        next(feeder)
        try:
            self._device.start(feeder)  # type: ignore[arg-type]  # hints forget numpy arrays
        except self._error as error:
            raise DeviceError(f"the sound device {self.name!r} doesn't start") from error

    def close(self) -> None:
        """Stop pulling; twice does no harm."""
        self._device.close()


def _feeder(pull: Pull) -> Generator[Block, int, None]:
    frames = yield pull(0)
    while True:
        frames = yield pull(frames)


def _find(miniaudio: Any, wanted: str) -> tuple[str, Any]:
    """Name and id of the device whose name holds `wanted`; `default` is the system's own."""
    try:
        found = miniaudio.Devices().get_playbacks()
    except miniaudio.MiniaudioError as error:
        raise DeviceError("no sound device was found") from error
    if not found:
        raise DeviceError("no sound device was found")
    if wanted == "default":
        return "default", None
    for device in found:
        if wanted.casefold() in device["name"].casefold():
            return device["name"], device["id"]
    names = ", ".join(device["name"] for device in found)
    raise DeviceError(f"no sound device is called {wanted!r}; there are: {names}")
