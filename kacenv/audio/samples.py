"""What sound is in this package: blocks of float samples at one rate."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 48000
"""Frames per second, everywhere."""

Block = NDArray[np.float32]
"""Samples of shape (frames, channels), full scale at 1."""
Pcm = NDArray[np.int16]
"""Samples of shape (frames, 2) as decoders deliver them, full scale at 32768."""


def silence(frames: int, channels: int = 2) -> Block:
    """A block of `frames` frames without sound."""
    return np.zeros((frames, channels), np.float32)


def frames_in(span: float) -> int:
    """The whole number of frames nearest to `span` seconds."""
    return round(span * RATE)
