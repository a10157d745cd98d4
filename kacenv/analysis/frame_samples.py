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
"""Samples in the frame's own type."""


def planes_of(frame: AudioFrame) -> list[Samples]:
    """Return a frame's planes as they lie in memory: one for each channel, or one for all.

    PyAV's own `to_ndarray` reads wild memory where eight channels or more lie in planes.

    Raises:
        ValueError: The frame holds less than it says.
    """
    name, channels = frame.format.name, frame.layout.nb_channels
    kind = _TYPES[name.removesuffix("p")]
    if not frame.format.is_planar:
        return [np.frombuffer(memoryview(frame.planes[0]), kind, frame.samples * channels)]
    planes = frame.planes[:channels]
    return [np.frombuffer(memoryview(plane), kind, frame.samples) for plane in planes]


def samples_of(frame: AudioFrame) -> Samples:
    """Return a frame's samples, of shape (channels, n).

    Raises:
        ValueError: The frame holds less than it says.
    """
    planes = planes_of(frame)
    if frame.format.is_planar:
        return np.stack(planes)
    return planes[0].reshape(-1, frame.layout.nb_channels).T
