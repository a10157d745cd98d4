"""Ears at several sinks of a sound server, that know when each sample was heard."""

import ctypes
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from support.decks import rms

from kacenv.devices.audio.samples import RATE, Block

_PIECE = 480
_LATELY, _SOFT = 50, 0.01
_FLOAT_LE, _RECORD = 5, 2
_DEFAULT = 2**32 - 1


class _Format(ctypes.Structure):
    """libpulse's `pa_sample_spec`."""

    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _Buffer(ctypes.Structure):
    """libpulse's `pa_buffer_attr`."""

    _fields_ = tuple(
        (name, ctypes.c_uint32) for name in ("most", "target", "before", "least", "piece")
    )


class SinkRecorder:
    """Records one sink of two channels from a thread of its own."""

    def __init__(self, sink: str) -> None:
        self._pieces: list[Block] = []
        self._begins: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(sink,), name=f"recorder-{sink}")
        self._thread.start()

    @property
    def sound(self) -> Block:
        """All that was heard."""
        return np.concatenate(list(self._pieces))

    @property
    def is_sounding(self) -> bool:
        """Whether something was heard in the last half second."""
        lately = list(self._pieces)[-_LATELY:]
        return len(lately) == _LATELY and rms(np.concatenate(lately)) > _SOFT

    @property
    def begun(self) -> float:
        """When the first sample was heard, in monotonic seconds.

        A null sink makes each of its blocks when the first sample of it is heard, so the
        pieces that come latest say when that was; those of the last two seconds count.
        """
        lately = np.array(self._begins[-200:])
        groups = lately[: len(lately) // 10 * 10].reshape(-1, 10)
        return float(np.median(groups.max(axis=1)))

    def between(self, start: float, end: float) -> Block:
        """What was heard between two moments (monotonic seconds)."""
        first = round((start - self.begun) * RATE)
        return self.sound[first : first + round((end - start) * RATE)]

    def close(self) -> None:
        """Stop listening."""
        self._stop.set()
        self._thread.join()

    def _run(self, sink: str) -> None:
        simple = ctypes.CDLL("libpulse-simple.so.0")
        simple.pa_simple_new.restype = ctypes.c_void_p
        form = _Format(_FLOAT_LE, RATE, 2)
        buffer = _Buffer(_DEFAULT, _DEFAULT, _DEFAULT, _DEFAULT, _PIECE * 8)
        error, name = ctypes.c_int(), f"{sink}.monitor".encode()
        words = (None, b"recorder", _RECORD, name, b"recorder", ctypes.byref(form), None)
        opened = simple.pa_simple_new(*words, ctypes.byref(buffer), ctypes.byref(error))
        assert opened, f"{sink} can't be heard: {error.value}"
        handle = ctypes.c_void_p(opened)
        try:
            while not self._stop.is_set():
                self._listen(simple, handle)
        finally:
            simple.pa_simple_free(handle)

    def _listen(self, simple: ctypes.CDLL, handle: ctypes.c_void_p) -> None:
        piece = np.zeros((_PIECE, 2), np.float32)
        error = ctypes.c_int()
        place = piece.ctypes.data_as(ctypes.c_void_p)
        if simple.pa_simple_read(handle, place, piece.nbytes, ctypes.byref(error)) < 0:
            self._stop.set()
            return
        self._begins.append(time.monotonic() - len(self._pieces) * _PIECE / RATE)
        self._pieces.append(piece)


@contextmanager
def recording_sinks(sinks: Sequence[str]) -> Iterator[list[SinkRecorder]]:
    """An recorder at each of `sinks` of the server that this process uses."""
    recorders = [SinkRecorder(sink) for sink in sinks]
    try:
        yield recorders
    finally:
        for recorder in recorders:
            recorder.close()


def later(one: Block, other: Block) -> float:
    """By how much `one` is later than `other`, in seconds, by cross-correlation."""
    size = 1 << (len(one) + len(other)).bit_length()
    match = np.fft.rfft(one[:, 0], size) * np.fft.rfft(other[:, 0], size).conj()
    lag = int(np.fft.irfft(match).argmax())
    return (lag - size if lag > size // 2 else lag) / RATE
