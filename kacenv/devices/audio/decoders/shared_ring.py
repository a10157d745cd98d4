"""Ring buffer in memory that a decoder's process shares with the room's."""

import fcntl
import mmap
import os
import select
from contextlib import suppress

from kacenv.devices.audio.decks.ring_buffer import RingBuffer, memory_for

_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
"""A decoder that could shorten the memory would take the room along (SIGBUS)."""


class RoomBell:
    """Room's end of a bell, a pipe: a byte wakes the decoder, and the pipe's end releases it.

    So a decoder ends with its room, however that ends.
    """

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self.released = False

    def ring(self) -> None:
        """Wake the decoder; never blocks."""
        if not self.released:
            with suppress(OSError):
                os.write(self._pipe, b".")

    def wait(self) -> None:
        """Return at once: the room waits for nobody."""

    def release(self) -> None:
        """Wake the decoder for good; whoever holds the pipe closes it."""
        self.released = True


class DecoderBell:
    """Decoder's end of a bell."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self.released = False

    def ring(self) -> None:
        """Do nothing: the decoder wakes nobody."""

    def wait(self) -> None:
        """Block until the bell has rung, perhaps before, or the room is gone."""
        self.released = self.released or not os.read(self._pipe, 4096)

    def release(self) -> None:
        """Write no more."""
        self.released = True

    def is_released_within(self, seconds: float) -> bool:
        """Wait up to so many seconds for the room's end, and for nothing else."""
        watch = select.poll()
        watch.register(self._pipe, 0)
        self.released = self.released or bool(watch.poll(seconds * 1000))
        return self.released


class RingHandles:
    """Descriptors of a ring buffer that is shared: its memory, and both ends of its bell's pipe."""

    def __init__(self, capacity: int) -> None:
        self.memory = os.memfd_create("kacenv-ring", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self.memory, memory_for(capacity))
        fcntl.fcntl(self.memory, fcntl.F_ADD_SEALS, _SEALS)
        self.heard, self.rung = os.pipe()
        os.set_blocking(self.rung, False)
        self._capacity = capacity

    def room_ring(self) -> RingBuffer:
        """Return the room's side of the ring buffer."""
        return _mapped(self._capacity, self.memory, RoomBell(self.rung))

    def close(self) -> None:
        """Close the descriptors; the room's side may be read on."""
        for handle in (self.memory, self.heard, self.rung):
            os.close(handle)


def decoder_ring(capacity: int, memory: int, pipe: int) -> tuple[RingBuffer, DecoderBell]:
    """Return the decoder's side of the ring buffer, and its bell."""
    bell = DecoderBell(pipe)
    return _mapped(capacity, memory, bell), bell


def _mapped(capacity: int, memory: int, bell: RoomBell | DecoderBell) -> RingBuffer:
    return RingBuffer(capacity, mmap.mmap(memory, memory_for(capacity)), bell)
