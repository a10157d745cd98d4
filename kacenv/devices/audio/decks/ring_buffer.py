"""Ring buffer between a decoder, blocked while it is full, and the mixer, never blocked."""

import mmap
import threading
from typing import Final, Protocol

import numpy as np

from kacenv.devices.audio.samples import Block, Pcm

_HEADER: Final = mmap.PAGESIZE
"""Size (bytes) of what stands before the samples."""
_WRITTEN, _TAKEN, _ENDED, _AUDIBLE, _BROKEN_DOWN, _REASON_SIZE = range(6)
"""Places of the header's numbers, of eight bytes each."""
_REASON: Final = 64
"""Place (bytes) of the reason for a failure in the header."""
_LONGEST_REASON: Final = 512
_FRAME: Final = 4
"""Size (bytes) of a frame."""


class Bell(Protocol):
    """Wakes the writer of a ring buffer when there is room, or when it is released."""

    @property
    def released(self) -> bool:
        """Tell if nobody reads any more."""

    def ring(self) -> None:
        """Wake the writer; never blocks."""

    def wait(self) -> None:
        """Block until the bell has rung, perhaps before, or the writer is released."""

    def release(self) -> None:
        """Wake the writer for good."""


class ThreadBell:
    """Bell for a writer that is a thread of this process."""

    def __init__(self) -> None:
        self._rung = threading.Event()
        self.released = False

    def ring(self) -> None:
        """Wake the writer; never blocks."""
        self._rung.set()

    def wait(self) -> None:
        """Block until the bell has rung, perhaps before, or the writer is released."""
        if not self.released:
            self._rung.wait()
            self._rung.clear()

    def release(self) -> None:
        """Wake the writer for good."""
        self.released = True
        self._rung.set()


class RingBuffer:
    """Stereo samples, and what their decoder says of them, for one writer and one reader.

    Either is a thread, or a process that maps the same `memory`. The positions only grow, and each
    belongs to one side, so neither side needs a lock. The reader believes no position that can't
    be: `is_broken` tells if there was one.
    """

    def __init__(
        self, capacity: int, memory: mmap.mmap | None = None, bell: Bell | None = None
    ) -> None:
        shared = memoryview(mmap.mmap(-1, memory_for(capacity)) if memory is None else memory)
        self._numbers, self._text = shared[:_REASON].cast("q"), shared[_REASON:_HEADER]
        self._pcm: Pcm = np.frombuffer(shared[_HEADER : memory_for(capacity)], np.int16).reshape(
            -1, 2
        )
        self._bell = bell or ThreadBell()
        self._believed, self._taken = self._numbers[_WRITTEN], self._numbers[_TAKEN]
        # The writer is woken only when much is free, so that it works in few large steps.
        self._low = capacity * 3 // 5
        self.is_broken = False

    @property
    def capacity(self) -> int:
        """Return the capacity in frames."""
        return len(self._pcm)

    @property
    def written(self) -> int:
        """Return the number of frames written so far, by the writer's word."""
        return int(self._numbers[_WRITTEN])

    @property
    def believed(self) -> int:
        """Return the number of frames written so far, as far as it can be; for the reader."""
        believed, told = self._believed, self._numbers[_WRITTEN]
        if believed <= told <= self._taken + self.capacity:
            self._believed = told
        else:
            self.is_broken = True
        return self._believed

    @property
    def available(self) -> int:
        """Return the number of frames that can be read."""
        return self.believed - self._taken

    @property
    def is_wanted(self) -> bool:
        """Tell if there is room that the writer is awake to fill."""
        return not self.ended and self.available <= self._low

    @property
    def ended(self) -> bool:
        """Tell if the writer has written all that there is."""
        return bool(self._numbers[_ENDED])

    @ended.setter
    def ended(self, value: bool) -> None:
        self._numbers[_ENDED] = value

    @property
    def audible(self) -> bool:
        """Tell if something of what was written can be heard, or needn't."""
        return bool(self._numbers[_AUDIBLE])

    @audible.setter
    def audible(self, value: bool) -> None:
        self._numbers[_AUDIBLE] = value

    @property
    def broken_down(self) -> bool:
        """Tell if the writer's failure is its own, and not the file's."""
        return bool(self._numbers[_BROKEN_DOWN])

    @broken_down.setter
    def broken_down(self, value: bool) -> None:
        self._numbers[_BROKEN_DOWN] = value

    @property
    def reason(self) -> str | None:
        """Return the reason for the writer's failure; None without one."""
        size = self._numbers[_REASON_SIZE]
        return bytes(self._text[: min(size, _LONGEST_REASON)]).decode(errors="replace") or None

    @reason.setter
    def reason(self, value: str | None) -> None:
        text = (value or "").encode(errors="replace")[:_LONGEST_REASON]
        self._text[: len(text)] = text
        self._numbers[_REASON_SIZE] = len(text)

    def put(self, pcm: Pcm) -> bool:
        """Append `pcm`; block while the buffer is full. Return False once it is released."""
        while len(pcm) and self._wait_for_room():
            count = min(len(pcm), self._room)
            self._store(pcm[:count])
            pcm = pcm[count:]
        return not self._bell.released

    def take(self, frames: int) -> Block:
        """Return up to `frames` of the oldest frames, of shape (n, 2); never blocks."""
        available = self.available
        count = min(frames, available)
        begin = self._taken % self.capacity
        unwrapped = self._pcm[begin : begin + count]
        wrapped = self._pcm[: count - len(unwrapped)]
        pcm = np.concatenate((unwrapped, wrapped)) if len(wrapped) else unwrapped
        block = pcm * np.float32(1 / 32768)
        self._taken += count
        self._numbers[_TAKEN] = self._taken
        if available - count <= self._low < available:
            self._bell.ring()
        return block

    def begin_anew(self) -> None:
        """Make ready for another writer, which goes on behind what the reader has believed."""
        self.is_broken = self.ended = self.broken_down = False
        self.reason = None
        self._numbers[_WRITTEN], self._numbers[_TAKEN] = self._believed, self._taken

    def release(self) -> None:
        """Unblock the writer, and accept nothing more."""
        self._bell.release()

    def wait_for_release(self) -> None:
        """Block the writer, which has nothing more to write, until the release."""
        while not self._bell.released:
            self._bell.wait()

    @property
    def _room(self) -> int:
        """Return the number of frames that can be written."""
        return self.capacity - (self._numbers[_WRITTEN] - self._numbers[_TAKEN])

    def _wait_for_room(self) -> bool:
        while not self._bell.released and not self._room:
            self._bell.wait()
        return not self._bell.released

    def _store(self, pcm: Pcm) -> None:
        written = self._numbers[_WRITTEN]
        begin = written % self.capacity
        unwrapped = min(len(pcm), self.capacity - begin)
        self._pcm[begin : begin + unwrapped] = pcm[:unwrapped]
        self._pcm[: len(pcm) - unwrapped] = pcm[unwrapped:]
        self._numbers[_WRITTEN] = written + len(pcm)


def memory_for(capacity: int) -> int:
    """Return the size (bytes) of the memory of a ring buffer for so many frames."""
    return _HEADER + capacity * _FRAME
