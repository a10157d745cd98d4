"""Sample types and rate: blocks of float samples at 48 kHz."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 48000
"""Sample rate (frames per second) of the whole package."""

Block = NDArray[np.float32]
"""Samples of shape (frames, channels), full scale at 1."""
Pcm = NDArray[np.int16]
"""Samples of shape (frames, 2) from decoders, full scale at 32768."""


def silence(frames: int, channels: int = 2) -> Block:
    """Return a silent block."""
    return np.zeros((frames, channels), np.float32)


def frames_in(span: float) -> int:
    """Return the number of frames nearest to `span` seconds."""
    return round(span * RATE)
