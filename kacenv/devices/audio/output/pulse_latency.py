"""Latency of a PulseAudio stream, from the server's timing information."""

import ctypes
import time
from typing import Any, Final

from kacenv.core.units import Seconds
from kacenv.devices.audio.samples import RATE

_LAYOUTS: Final = {("0.11.25", 3776): (3440, 27)}
"""Offsets by miniaudio's version and size of its device: of the stream, and of the switch that
passes the server's requests through as they are, instead of in blocks of one size."""
_ASK_EVERY = 0.2
_OLD = 2.0


class _Timing(ctypes.Structure):
    """libpulse's `pa_timing_info` (pulse/def.h)."""

    _fields_ = (
        ("seconds", ctypes.c_long),
        ("microseconds", ctypes.c_long),
        ("synchronized", ctypes.c_int),
        ("sink", ctypes.c_uint64),
        ("source", ctypes.c_uint64),
        ("transport", ctypes.c_uint64),
        ("playing", ctypes.c_int),
        ("write_corrupt", ctypes.c_int),
        ("written", ctypes.c_int64),
        ("read_corrupt", ctypes.c_int),
        ("read", ctypes.c_int64),
    )


def is_supported(miniaudio: Any) -> bool:
    """Tell if this miniaudio's memory layout is known."""
    return _layout(miniaudio) is not None


def request_timing_updates(miniaudio: Any, config: Any) -> None:
    """Configure a device, before it is opened, to pass the server's requests through unchanged."""
    layout = _layout(miniaudio)
    if layout:
        miniaudio.ffi.cast("unsigned char *", miniaudio.ffi.addressof(config))[layout[1]] = 1


class PulseLatencyProbe:
    """Queries the latency of one stream; for the pulling thread only."""

    def __init__(self, miniaudio: Any, device: Any, channels: int) -> None:
        layout = _layout(miniaudio)
        assert layout  # noqa: S101 - callers check `is_supported` first
        words = miniaudio.ffi.cast("char *", device) + layout[0]
        stream = miniaudio.ffi.cast("uintptr_t *", words)[0]
        self._stream = ctypes.c_void_p(int(stream))
        self._per_second = RATE * channels * 4
        self._asked = -_ASK_EVERY
        self._pulse = _libpulse()

    def heard_in(self) -> Seconds | None:
        """Return the latency (s) of the next sample; None while the server doesn't know it."""
        known = self._known()
        now = time.monotonic()
        if known is None or now - self._asked >= _ASK_EVERY:
            self._asked = now
            self._ask()
        return known

    def _ask(self) -> None:
        operation = self._pulse.pa_stream_update_timing_info(self._stream, None, None)
        if operation:
            self._pulse.pa_operation_unref(operation)

    def _known(self) -> Seconds | None:
        found = self._pulse.pa_stream_get_timing_info(self._stream)
        if not found:
            return None
        timing = found.contents
        age = time.time() - timing.seconds - timing.microseconds * 1e-6
        unsure = timing.write_corrupt or timing.read_corrupt or not timing.playing
        if unsure or not -_OLD < age < _OLD:
            return None
        waiting = (timing.written - timing.read) / self._per_second
        return Seconds(waiting + timing.sink * 1e-6 - age)


def _layout(miniaudio: Any) -> tuple[int, int] | None:
    size = miniaudio.ffi.sizeof("ma_device")
    return _LAYOUTS.get((miniaudio.lib_version(), size))


def _libpulse() -> Any:
    """Return the libpulse that miniaudio has loaded."""
    pulse = ctypes.CDLL("libpulse.so.0")
    pulse.pa_stream_get_timing_info.restype = ctypes.POINTER(_Timing)
    pulse.pa_stream_get_timing_info.argtypes = (ctypes.c_void_p,)
    pulse.pa_stream_update_timing_info.restype = ctypes.c_void_p
    pulse.pa_stream_update_timing_info.argtypes = (ctypes.c_void_p,) * 3
    pulse.pa_operation_unref.argtypes = (ctypes.c_void_p,)
    return pulse
