"""The ring buffer: samples come out as they went in, and a full buffer blocks its writer."""

import mmap
import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kacenv.devices.audio.decks.ring_buffer import RingBuffer, memory_for
from kacenv.devices.audio.samples import Pcm


def counted(start: int, frames: int) -> Pcm:
    """Return frames that count up."""
    count = np.arange(start, start + frames, dtype=np.int16)
    return np.stack((count, -count), axis=1)


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 9)), max_size=60))
def test_what_goes_in_comes_out(steps: list[tuple[int, int]]) -> None:
    """Whatever the sizes of puts and takes, every frame comes out once and in order."""
    ring, put, taken = RingBuffer(16), 0, [np.zeros((0, 2), np.float32)]
    for size, wanted in steps:
        size_that_fits = min(size, ring.capacity - ring.available)
        assert ring.put(counted(put, size_that_fits))
        put += size_that_fits
        taken.append(ring.take(wanted) * 32768)
    taken.append(ring.take(100) * 32768)
    np.testing.assert_array_equal(np.concatenate(taken), counted(0, put))


def test_a_full_ring_holds_its_writer_up() -> None:
    """A put larger than the ring ends only when all of it has found room."""
    ring = RingBuffer(100)
    writer = threading.Thread(target=ring.put, args=(counted(0, 1000),))
    writer.start()
    blocks: list[np.ndarray] = []
    while sum(map(len, blocks)) < 1000:
        assert ring.available <= 100
        blocks.append(ring.take(7))
    writer.join(5)
    assert not writer.is_alive()
    np.testing.assert_array_equal(np.concatenate(blocks) * 32768, counted(0, 1000))


def test_release_lets_the_writer_go() -> None:
    """A writer held up by a full ring returns False when the ring is released."""
    ring, answers = RingBuffer(10), list[bool]()
    writer = threading.Thread(target=lambda: answers.append(ring.put(counted(0, 1000))))
    writer.start()
    while ring.available < 10:
        pass
    ring.release()
    writer.join(5)
    assert answers == [False]
    assert not ring.put(counted(0, 1))


def test_waiting_for_release_ends_with_it() -> None:
    """A writer with nothing to write is let go by the release, and by nothing else."""
    ring = RingBuffer(10)
    writer = threading.Thread(target=ring.wait_for_release)
    writer.start()
    ring.take(1)
    writer.join(0.05)
    assert writer.is_alive()
    ring.release()
    writer.join(5)
    assert not writer.is_alive()


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_position_that_cannot_be_is_not_believed(told: int) -> None:
    """A writer in another process may have gone mad; the reader reads what it knew, and no more."""
    memory = mmap.mmap(-1, memory_for(16))
    ring = RingBuffer(16, memory)
    ring.put(counted(0, 5))
    assert ring.available == 5
    memory[:8] = told.to_bytes(8, "little", signed=True)
    may_be = 5 <= told <= 16
    assert ring.available == (told if may_be else 5)
    assert ring.is_broken is not may_be


def test_another_writer_goes_on_behind_what_was_believed() -> None:
    """What the one before has said of itself is forgotten."""
    ring = RingBuffer(16)
    ring.put(counted(0, 5))
    assert len(ring.take(3)) == 3
    ring.ended, ring.reason, ring.broken_down = True, "it is damaged", True
    ring.begin_anew()
    assert ring.written == 5
    assert not any((ring.ended, ring.reason, ring.broken_down))
    ring.put(counted(5, 4))
    np.testing.assert_array_equal(ring.take(16) * 32768, counted(3, 6))


@given(st.text())
def test_a_reason_is_kept_in_words(reason: str) -> None:
    """However long it is; too long a one is cut."""
    ring = RingBuffer(16)
    ring.reason = reason
    kept = ring.reason or ""
    assert reason.encode(errors="replace").decode().startswith(kept.rstrip("\ufffd"))
    assert bool(kept) == bool(reason)
