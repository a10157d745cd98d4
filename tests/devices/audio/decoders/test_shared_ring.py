"""A ring buffer in shared memory: neither side can hurt the other."""

import os
from contextlib import closing
from threading import Thread

import numpy as np
import pytest

from kacenv.devices.audio.decks.ring_buffer import memory_for
from kacenv.devices.audio.decoders.shared_ring import RingHandles, decoder_ring

_CAPACITY = 1000


def test_what_one_side_writes_the_other_reads() -> None:
    """The two sides map the same memory, each by itself."""
    with closing(RingHandles(_CAPACITY)) as handles:
        room = handles.room_ring()
        decoder, _ = decoder_ring(_CAPACITY, handles.memory, handles.heard)
        pcm = np.arange(600, dtype=np.int16).reshape(-1, 2)
        assert decoder.put(pcm)
        decoder.reason = "it is damaged"
        np.testing.assert_array_equal(room.take(_CAPACITY) * 32768, pcm)
        assert room.reason == "it is damaged"


def test_nobody_can_shorten_the_memory() -> None:
    """Else a decoder could end the room by it (SIGBUS)."""
    with closing(RingHandles(_CAPACITY)) as handles, pytest.raises(PermissionError):
        os.ftruncate(handles.memory, memory_for(_CAPACITY) - 1)


def test_reading_wakes_the_decoder() -> None:
    """A decoder that waits at a full buffer goes on when much of it was taken."""
    handles = RingHandles(_CAPACITY)
    with closing(handles):
        room = handles.room_ring()
        decoder, _ = decoder_ring(_CAPACITY, handles.memory, handles.heard)
        pcm = np.ones((_CAPACITY + 1, 2), np.int16)
        writer = Thread(target=decoder.put, args=(pcm,))
        writer.start()
        while room.available < _CAPACITY:
            pass
        room.take(_CAPACITY)
        writer.join()
        assert decoder.written == _CAPACITY + 1


def test_a_room_that_is_gone_releases_its_decoder() -> None:
    """Its end of the pipe is closed then, however it ended."""
    handles = RingHandles(_CAPACITY)
    memory, heard = os.dup(handles.memory), os.dup(handles.heard)
    decoder, bell = decoder_ring(_CAPACITY, memory, heard)
    handles.close()
    assert not decoder.put(np.ones((_CAPACITY + 1, 2), np.int16))
    assert bell.is_released_within(0.0)
    os.close(memory)
    os.close(heard)


def test_a_decoder_that_never_reads_holds_nobody_up() -> None:
    """The room writes to a full pipe without waiting."""
    with closing(RingHandles(_CAPACITY)) as handles:
        os.write(handles.rung, bytes(1 << 16))
        room = handles.room_ring()
        decoder, _ = decoder_ring(_CAPACITY, handles.memory, handles.heard)
        decoder.put(np.ones((_CAPACITY, 2), np.int16))
        assert len(room.take(_CAPACITY)) == _CAPACITY
