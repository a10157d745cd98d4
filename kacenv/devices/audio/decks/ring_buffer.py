"""Ring buffer between a decoder, blocked while it is full, and the mixer, never blocked."""

import threading

import numpy as np

from kacenv.devices.audio.samples import Block, Pcm


class RingBuffer:
    """Stereo samples for one writing and one reading thread.

    The positions only grow, and each belongs to one side, so neither side needs a lock.
    """

    def __init__(self, capacity: int) -> None:
        self._pcm: Pcm = np.zeros((capacity, 2), np.int16)
        self._written = 0
        self._taken = 0
        # The writer is woken only when a quarter is free, not for every block taken.
        self._low = capacity * 3 // 4
        self._released = False
        self._room = threading.Event()

    @property
    def capacity(self) -> int:
        """Return the capacity in frames."""
        return len(self._pcm)

    @property
    def written(self) -> int:
        """Return the number of frames written so far."""
        return self._written

    @property
    def available(self) -> int:
        """Return the number of frames that can be read."""
        return self._written - self._taken

    def put(self, pcm: Pcm) -> bool:
        """Append `pcm`; block while the buffer is full. Return False once it is released."""
        while len(pcm) and self._wait_for_room():
            count = min(len(pcm), self.capacity - self.available)
            self._store(pcm[:count])
            pcm = pcm[count:]
        return not self._released

    def take(self, frames: int) -> Block:
        """Return up to `frames` of the oldest frames, of shape (n, 2); never blocks."""
        count = min(frames, self.available)
        begin = self._taken % self.capacity
        unwrapped = self._pcm[begin : begin + count]
        wrapped = self._pcm[: count - len(unwrapped)]
        pcm = np.concatenate((unwrapped, wrapped)) if len(wrapped) else unwrapped
        block = pcm * np.float32(1 / 32768)
        self._taken += count
        if self.available <= self._low:
            self._room.set()
        return block

    def release(self) -> None:
        """Unblock the writer, and accept nothing more."""
        self._released = True
        self._room.set()

    def wait_for_release(self) -> None:
        """Block the writer, which has nothing more to write, until the release."""
        while not self._released:
            self._room.clear()
            if not self._released:
                self._room.wait()

    def _wait_for_room(self) -> bool:
        while not self._released and self.available == self.capacity:
            self._room.clear()
            if not self._released and self.available == self.capacity:
                self._room.wait()
        return not self._released

    def _store(self, pcm: Pcm) -> None:
        begin = self._written % self.capacity
        unwrapped = min(len(pcm), self.capacity - begin)
        self._pcm[begin : begin + unwrapped] = pcm[:unwrapped]
        self._pcm[: len(pcm) - unwrapped] = pcm[unwrapped:]
        self._written += len(pcm)
