"""Microphone input for a few seconds; nothing is stored."""

import importlib
import threading
from collections.abc import Generator
from typing import Any, Self

import numpy as np

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.audio.output.device_list import Direction, find_devices
from kacenv.devices.audio.samples import RATE
from kacenv.diagnostics.preflight.tone_detection import Samples

_PERIOD_MS = 50
_TIMEOUT = Seconds(3.0)


class Microphone:
    """First capture device whose name contains `wanted`, or the system's `default`.

    Raises:
        DeviceError: There is none, or it can't be opened.
    """

    def __init__(self, wanted: str) -> None:
        self._heard: list[Samples] = []
        self._frames = 0
        self._news = threading.Condition()
        self._device = _opened(wanted)

    def __enter__(self) -> Self:
        """Start recording."""
        hearing = self._hear()
        next(hearing)
        self._device.start(hearing)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop recording."""
        self._device.close()

    @property
    def frames(self) -> int:
        """Number of frames recorded so far, at 48 kHz."""
        with self._news:
            return self._frames

    def heard(self, start: int, end: int | None = None) -> Samples:
        """Return the samples between two frames, mono."""
        with self._news:
            whole = np.concatenate([np.zeros(0, np.float32), *self._heard])
        return whole[start:end]

    def listen(self, span: Seconds) -> None:
        """Wait until `span` more has been recorded.

        Raises:
            DeviceError: No samples arrive.
        """
        with self._news:
            wanted = self._frames + round(span * RATE)
            if not self._news.wait_for(lambda: self._frames >= wanted, span + _TIMEOUT):
                raise DeviceError("the microphone gives no sound; is it plugged in?")

    def _hear(self) -> Generator[None, bytearray, None]:
        while True:
            part: Samples = np.frombuffer((yield), np.float32)
            with self._news:
                self._heard.append(part)
                self._frames += len(part)
                self._news.notify_all()


def _opened(wanted: str) -> Any:
    miniaudio = importlib.import_module("miniaudio")
    try:
        return miniaudio.CaptureDevice(
            input_format=miniaudio.SampleFormat.FLOAT32,
            nchannels=1,
            sample_rate=RATE,
            buffersize_msec=_PERIOD_MS,
            device_id=_key(miniaudio, wanted),
            app_name="kacenv",
        )
    except miniaudio.MiniaudioError as error:
        raise DeviceError(f"the microphone {wanted!r} can't be opened") from error


def _key(miniaudio: Any, wanted: str) -> Any:
    if wanted == "default":
        return None
    devices, _ = find_devices(miniaudio, Direction.CAPTURE)
    for device in devices:
        if wanted.casefold() in device.name.casefold():
            return device.key
    names = ", ".join(device.name for device in devices) or "none"
    raise DeviceError(f"no microphone is called {wanted!r}; there are: {names}")
