"""Resampler: band-limited interpolation, for ratios close to 1."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kacenv.devices.audio.samples import Block

BEFORE, AFTER = 15, 16
"""Frames needed before and after a position to interpolate there."""
_TAPS = BEFORE + 1 + AFTER
_STEPS = 512
"""Number of tabulated positions between two samples; between them the kernel is linear."""
_BETA = 8.0


def _kernels() -> NDArray[np.float32]:
    """Return a Kaiser-windowed sinc per step, of shape (steps + 1, taps); each row sums to 1."""
    steps = np.arange(_STEPS + 1)[:, None] / _STEPS
    away = np.arange(-BEFORE, AFTER + 1)[None, :] - steps
    inside = np.clip(1 - (away / AFTER) ** 2, 0.0, None)
    rows = np.sinc(away) * np.i0(_BETA * np.sqrt(inside))
    normed: NDArray[np.float32] = (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
    return normed


_KERNELS = _kernels()


def places(start: float, ratio: float, frames: int) -> tuple[int, int]:
    """Return the first frame, and the number of frames, that `interpolate` needs."""
    first = int(np.floor(start)) - BEFORE
    last = int(np.floor(start + (frames - 1) * ratio)) + AFTER + 1
    return first, last - first + 1


def interpolate(sound: Block, start: float, ratio: float, frames: int) -> Block:
    """Interpolate `frames` frames at `start`, `start + ratio`, ..., of all columns of `sound`.

    `sound` holds the frames that `places` names. Smith and Gossett's band-limited interpolation
    (ICASSP 1984) with a kernel of 32 samples; at a ratio of 1 and a whole `start` the samples are
    those of `sound`.
    """
    first, _ = places(start, ratio, frames)
    at = start - first - BEFORE + ratio * np.arange(frames)
    whole = np.floor(at).astype(np.intp)
    step = (at - whole) * _STEPS
    below = step.astype(np.intp)
    rest = (step - below).astype(np.float32)[:, None]
    kernels = _KERNELS[below] * (1 - rest) + _KERNELS[below + 1] * rest
    windows = sliding_window_view(sound, _TAPS, axis=0)[whole]
    between: Block = np.einsum("fct,ft->fc", windows, kernels)
    return between
