"""Samples of a decoded frame as arrays, for any number of channels."""

from typing import Any, Final

import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

_TYPES: Final = {
    "u8": np.uint8,
    "s16": np.int16,
    "s32": np.int32,
    "s64": np.int64,
    "flt": np.float32,
    "dbl": np.float64,
}
Samples = NDArray[Any]
"""Samples of shape (channels, n) in the frame's own type."""


def samples_of(frame: AudioFrame) -> Samples:
    """Return a frame's samples.

    PyAV's own `to_ndarray` reads wild memory where eight channels or more lie in planes.

    Raises:
        ValueError: The frame holds less than it says.
    """
    kind = np.dtype(_TYPES[frame.format.name.removesuffix("p")])
    channels = frame.layout.nb_channels
    if frame.format.is_planar:
        planes = frame.planes[:channels]
        return np.stack([np.frombuffer(memoryview(plane), kind, frame.samples) for plane in planes])
    packed: Samples = np.frombuffer(memoryview(frame.planes[0]), kind, frame.samples * channels)
    return packed.reshape(-1, channels).T
