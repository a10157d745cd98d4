"""PulseAudio device whose latency is measured, for one of several devices heard together.

miniaudio plays to PulseAudio, too, but keeps to itself when a sample will be heard.
"""

import ctypes
import math
import threading
import time
from collections.abc import Callable
from typing import Final

import numpy as np

from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds
from kacenv.devices.audio.output import libpulse as pa
from kacenv.devices.audio.output.miniaudio_backend import DeviceMatch
from kacenv.devices.audio.samples import RATE, Block, frames_in
from kacenv.system.thread_priority import raise_thread_priority

_BUFFER = Seconds(0.12)
"""Sound (s) kept by the server and the sound card."""
_REQUEST = Seconds(0.04)
"""Least request (s): a busy machine keeps up with few large ones better than with many small."""
_FRONT_AND_REAR: Final = (1, 2, 5, 6, 3, 7, 10, 11)
"""Channel positions of PulseAudio in ALSA's order: front, rear, centre, LFE, side."""
_AUX_0 = 12
_TIMEOUT = Seconds(5.0)
_POLL_FOR = 200_000
"""Longest wait (microseconds) for the server's next message."""
_ASK_EVERY = 0.2
_OLD = 2.0


class PulseDevice:
    """Playback stream of a PulseAudio server, which reports its latency.

    Raises:
        DeviceError: The stream can't be opened.
    """

    def __init__(self, found: DeviceMatch, channels: int) -> None:
        self.name, self.latency = found.name, found.latency
        self.held: Seconds | None = _BUFFER
        self._spare = found.channels - channels
        self._stream = _Stream(found)
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, pull: Callable[[int], Block], on_stop: Callable[[], None]) -> None:
        """Start to pull, on a new thread."""
        run = (pull, on_stop)
        self._thread = threading.Thread(target=self._run, args=run, name="pulse", daemon=True)
        self._thread.start()

    def heard_in(self) -> Seconds | None:
        """Return the latency (s) of the next sample; None while the server doesn't know it."""
        return self._stream.heard_in()

    def close(self) -> None:
        """Stop pulling; idempotent."""
        if self._over.is_set():
            return
        self._over.set()
        if self._thread:
            self._stream.wake()
            self._thread.join()
        self._stream.close()

    def _run(self, pull: Callable[[int], Block], on_stop: Callable[[], None]) -> None:
        raise_thread_priority()
        while not self._over.is_set():
            frames = self._stream.wanted()
            if frames:
                self._stream.write(np.pad(pull(frames), ((0, 0), (0, self._spare))))
            if not self._stream.wait():
                on_stop()
                return


class _Stream:
    """Stream on a connection of its own; for one thread at a time, except for `wake`."""

    def __init__(self, found: DeviceMatch) -> None:
        self._pulse = pa.libpulse()
        self._frame = found.channels * 4
        self._asked = -math.inf
        self._stream: int | None = None
        self._loop = self._pulse.mainloop_new()
        api = self._pulse.mainloop_get_api(self._loop)
        self._context = self._pulse.context_new(api, b"kacenv")
        try:
            self._connect(found)
        except DeviceError:
            self.close()
            raise

    def _connect(self, found: DeviceMatch) -> None:
        refused = DeviceError(f"the sound device {found.name!r} can't be opened")
        if self._pulse.context_connect(self._context, None, pa.NO_AUTOSPAWN, None) < 0:
            raise refused
        self._wait_until(lambda: self._context_state == pa.CONTEXT_READY, refused)
        spec = pa.SampleSpec(pa.FLOAT32, RATE, found.channels)
        order = _channel_map(found)
        self._stream = self._pulse.stream_new(
            self._context, b"kacenv", ctypes.byref(spec), ctypes.byref(order)
        )
        if not self._stream or self._play_to(found) < 0:
            raise refused
        self._wait_until(lambda: self._stream_state == pa.STREAM_READY, refused)

    def _play_to(self, found: DeviceMatch) -> int:
        size, request = (frames_in(span) * self._frame for span in (_BUFFER, _REQUEST))
        buffer = pa.BufferAttr(pa.DEFAULT, size, pa.DEFAULT, request, pa.DEFAULT)
        sink = found.address.encode() if found.address else None
        # A stream to a device that goes ends, instead of being heard from another.
        flags = pa.ADJUST_LATENCY | (pa.DONT_MOVE if sink else 0)
        result: int = self._pulse.stream_connect_playback(
            self._stream, sink, ctypes.byref(buffer), flags, None, None
        )
        return result

    def _wait_until(self, condition: Callable[[], bool], refused: DeviceError) -> None:
        deadline = time.monotonic() + _TIMEOUT
        while not condition():
            if not self.wait() or time.monotonic() > deadline:
                raise refused

    @property
    def _context_state(self) -> int:
        return int(self._pulse.context_get_state(self._context))

    @property
    def _stream_state(self) -> int:
        return int(self._pulse.stream_get_state(self._stream)) if self._stream else 0

    def wait(self) -> bool:
        """Handle the server's next messages; return False once the connection has ended."""
        pulse, loop = self._pulse, self._loop
        turned = (
            pulse.mainloop_prepare(loop, _POLL_FOR) >= 0
            and pulse.mainloop_poll(loop) >= 0
            and pulse.mainloop_dispatch(loop) >= 0
        )
        ended = self._context_state >= pa.CONTEXT_FAILED or self._stream_state >= pa.STREAM_FAILED
        return turned and not ended

    def wake(self) -> None:
        """End a `wait` on another thread."""
        self._pulse.mainloop_wakeup(self._loop)

    def wanted(self) -> int:
        """Return the number of frames that the server requests."""
        size = int(self._pulse.stream_writable_size(self._stream))
        return 0 if size == ctypes.c_size_t(-1).value else size // self._frame

    def write(self, block: Block) -> None:
        """Send samples, which libpulse copies."""
        sound = np.ascontiguousarray(block, np.float32)
        place = sound.ctypes.data_as(ctypes.c_void_p)
        self._pulse.stream_write(self._stream, place, sound.nbytes, None, 0, 0)

    def heard_in(self) -> Seconds | None:
        """Return the latency (s) of the next sample; None while the server doesn't know it."""
        known = self._known()
        now = time.monotonic()
        if known is None or now - self._asked >= _ASK_EVERY:
            self._asked = now
            self._ask()
        return known

    def _ask(self) -> None:
        operation = self._pulse.stream_update_timing_info(self._stream, None, None)
        if operation:
            self._pulse.operation_unref(operation)

    def _known(self) -> Seconds | None:
        found = self._pulse.stream_get_timing_info(self._stream)
        if not found:
            return None
        timing = found.contents
        age = time.time() - timing.seconds - timing.microseconds * 1e-6
        unsure = timing.write_corrupt or timing.read_corrupt or not timing.playing
        if unsure or not -_OLD < age < _OLD:
            return None
        waiting = (timing.written - timing.read) / (RATE * self._frame)
        return Seconds(waiting + timing.sink * 1e-6 - age)

    def close(self) -> None:
        """Disconnect and free everything."""
        if self._stream:
            self._pulse.stream_disconnect(self._stream)
            self._pulse.stream_unref(self._stream)
        self._pulse.context_disconnect(self._context)
        self._pulse.context_unref(self._context)
        self._pulse.mainloop_free(self._loop)


def _channel_map(found: DeviceMatch) -> pa.ChannelMap:
    """Return the positions of channels that are numbered as on sound cards."""
    named = () if found.is_pro else _FRONT_AND_REAR[: found.channels]
    numbered = range(_AUX_0, _AUX_0 + found.channels - len(named))
    return pa.ChannelMap(found.channels, (*named, *numbered))
