"""Bindings of libpulse, PulseAudio's client library: its public API for one playback stream."""

import ctypes
import functools
from ctypes import c_char_p, c_int, c_int64, c_size_t, c_uint8, c_uint32, c_uint64
from types import SimpleNamespace
from typing import Any, Final

from kacenv.core.errors import DeviceError

FLOAT32: Final = 5
"""PA_SAMPLE_FLOAT32LE (pulse/sample.h)."""
NO_AUTOSPAWN: Final = 0x1
"""PA_CONTEXT_NOAUTOSPAWN (pulse/def.h)."""
DONT_MOVE, ADJUST_LATENCY = 0x200, 0x2000
"""PA_STREAM_DONT_MOVE and PA_STREAM_ADJUST_LATENCY (pulse/def.h)."""
CONTEXT_READY, CONTEXT_FAILED = 4, 5
"""PA_CONTEXT_READY and PA_CONTEXT_FAILED; a greater state has ended, too (pulse/def.h)."""
STREAM_READY, STREAM_FAILED = 2, 3
"""PA_STREAM_READY and PA_STREAM_FAILED; a greater state has ended, too (pulse/def.h)."""
MOST_CHANNELS: Final = 32
"""PA_CHANNELS_MAX (pulse/sample.h)."""
DEFAULT: Final = 0xFFFFFFFF
"""Value of a buffer's attribute that the server chooses."""


class SampleSpec(ctypes.Structure):
    """`pa_sample_spec` (pulse/sample.h)."""

    _fields_ = (("format", c_int), ("rate", c_uint32), ("channels", c_uint8))


class ChannelMap(ctypes.Structure):
    """`pa_channel_map` (pulse/channelmap.h)."""

    _fields_ = (("channels", c_uint8), ("positions", c_int * MOST_CHANNELS))


class BufferAttr(ctypes.Structure):
    """`pa_buffer_attr` (pulse/def.h), in bytes."""

    _fields_ = (
        ("most", c_uint32),
        ("target", c_uint32),
        ("before_start", c_uint32),
        ("least_request", c_uint32),
        ("fragment", c_uint32),
    )


class TimingInfo(ctypes.Structure):
    """`pa_timing_info` (pulse/def.h), up to the fields in use."""

    _fields_ = (
        ("seconds", ctypes.c_long),
        ("microseconds", ctypes.c_long),
        ("synchronized", c_int),
        ("sink", c_uint64),
        ("source", c_uint64),
        ("transport", c_uint64),
        ("playing", c_int),
        ("write_corrupt", c_int),
        ("written", c_int64),
        ("read_corrupt", c_int),
        ("read", c_int64),
    )


_P = ctypes.c_void_p
_FUNCTIONS: Final[dict[str, tuple[Any, tuple[Any, ...]]]] = {
    "mainloop_new": (_P, ()),
    "mainloop_get_api": (_P, (_P,)),
    "mainloop_prepare": (c_int, (_P, c_int)),
    "mainloop_poll": (c_int, (_P,)),
    "mainloop_dispatch": (c_int, (_P,)),
    "mainloop_wakeup": (None, (_P,)),
    "mainloop_free": (None, (_P,)),
    "context_new": (_P, (_P, c_char_p)),
    "context_connect": (c_int, (_P, c_char_p, c_int, _P)),
    "context_get_state": (c_int, (_P,)),
    "context_disconnect": (None, (_P,)),
    "context_unref": (None, (_P,)),
    "stream_new": (_P, (_P, c_char_p, _P, _P)),
    "stream_connect_playback": (c_int, (_P, c_char_p, _P, c_int, _P, _P)),
    "stream_get_state": (c_int, (_P,)),
    "stream_writable_size": (c_size_t, (_P,)),
    "stream_write": (c_int, (_P, _P, c_size_t, _P, c_int64, c_int)),
    "stream_update_timing_info": (_P, (_P, _P, _P)),
    "stream_get_timing_info": (ctypes.POINTER(TimingInfo), (_P,)),
    "stream_disconnect": (c_int, (_P,)),
    "stream_unref": (None, (_P,)),
    "operation_unref": (None, (_P,)),
}
"""Result and arguments of each function, without its prefix `pa_`."""
_WAITING: Final = frozenset({"mainloop_poll", "context_connect", "context_disconnect"})


@functools.cache
def libpulse() -> Any:
    """Return the library, its functions declared; only those that wait let other threads run.

    Raises:
        DeviceError: It isn't installed.
    """
    try:
        quick, waiting = ctypes.PyDLL("libpulse.so.0"), ctypes.CDLL("libpulse.so.0")
    except OSError as error:
        raise DeviceError("PulseAudio's library is missing; apt install libpulse0") from error
    functions = SimpleNamespace()
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(waiting if name in _WAITING else quick, f"pa_{name}")
        function.restype, function.argtypes = result, arguments
        setattr(functions, name, function)
    return functions
