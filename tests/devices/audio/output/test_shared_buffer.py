"""The shared buffer: rendered on demand, and kept for later readers."""

import numpy as np
import pytest

from kacenv.core.units import Seconds
from kacenv.devices.audio.output.shared_buffer import SharedBuffer
from kacenv.devices.audio.samples import RATE, Block


class Counter:
    """Numbers its frames, once on each of two channels; remembers when they are to be heard."""

    def __init__(self) -> None:
        self.frames = 0
        self.heard_in: list[Seconds] = []

    def __call__(self, frames: int, heard_in: Seconds) -> Block:
        """Return the next numbers."""
        numbers = np.arange(self.frames, self.frames + frames, dtype=np.float32)
        self.frames += frames
        self.heard_in.append(heard_in)
        return np.stack((numbers, -numbers), axis=1)


def test_all_readers_find_the_same_frames() -> None:
    """What one reader had made is there for the next, on the columns it asks for."""
    buffer = SharedBuffer(Counter(), 2)
    np.testing.assert_array_equal(buffer.read(0, 1000, [0], 0.1)[:, 0], np.arange(1000))
    made = buffer.end
    np.testing.assert_array_equal(buffer.read(300, 500, [1], 0.1)[:, 0], -np.arange(300, 800))
    assert buffer.end == made


def test_what_is_made_ahead_is_heard_later() -> None:
    """Frames that follow those asked for are to be heard as much later as they lie behind."""
    counter = Counter()
    SharedBuffer(counter, 2).read(0, 1000, [0], 0.1)
    assert counter.heard_in == pytest.approx([0.1, 0.1 + 480 / RATE, 0.1 + 960 / RATE])


def test_what_is_long_past_or_before_the_beginning_is_silence() -> None:
    """A reader too far behind gets silence of the right length, never other sound."""
    buffer = SharedBuffer(Counter(), 2)
    np.testing.assert_array_equal(buffer.read(-3, 5, [0], 0.1)[:, 0], [0, 0, 0, 0, 1])
    buffer.read(10 * RATE, 100, [0], 0.1)
    assert not buffer.read(0, 100, [0, 1], 0.1).any()
    first = buffer.end - (1 << 17)
    expected = [0, first, first + 1]
    np.testing.assert_array_equal(buffer.read(first - 1, 3, [0], 0.1)[:, 0], expected)
