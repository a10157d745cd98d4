"""Landmarks of a file: short pieces of its sound, by which it is known where a seek arrives."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from kacenv.analysis.frame_samples import samples_of
from kacenv.core.units import Seconds

NEAR: Final = Seconds(0.02)
"""Distance (s) from the place asked for at which a seek counts as exact."""
_LENGTH: Final = Seconds(0.06)
_EVERY: Final = Seconds(2.0)
_MOST: Final = 48
_RUN_UP: Final = Seconds(1.0)
"""Decoding begins this much (s) before a landmark, as a deck's does before its cue point."""
_ALIKE: Final = 0.5
"""Least correlation of the same sound decoded twice; noise that codecs make up differs."""
_FORMS: Final = frozenset({"u8", "s16", "s32", "flt", "dbl"})
"""Forms of samples that can be compared, in planes or not."""
_FAINT: Final = 1e-4
"""Least rms, against full scale, of sound that can be told apart from other sound."""
Mono = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Landmark:
    """Sound of 0.06 s at a place (s) of the file, counted from its first sample."""

    at: Seconds
    rate: int
    sound: Mono

    @property
    def begin(self) -> Seconds:
        """Return the place (s) from which to decode in order to find it."""
        return Seconds(self.at - _RUN_UP)


class LandmarkRecorder:
    """Records a landmark every 2 s, and more seldom the longer a file is."""

    def __init__(self) -> None:
        self._found: list[Landmark] = []
        self._every = float(_EVERY)
        self._next = 0.0
        self._place = 0.0
        self._rate = 0
        self._begun: Seconds | None = None
        self._parts: list[Mono] = []

    def add(self, frame: AudioFrame) -> None:
        """Add the next frame."""
        if frame.format.name.removesuffix("p") not in _FORMS:
            return
        if frame.sample_rate != self._rate:
            self._rate, self._begun, self._parts = frame.sample_rate, None, []
        if self._begun is None and self._place >= self._next:
            self._begun = Seconds(self._place)
        if self._begun is not None:
            self._collect(frame, self._begun)
        self._place += frame.samples / frame.sample_rate

    def _collect(self, frame: AudioFrame, begun: Seconds) -> None:
        self._parts.append(_mono(frame))
        if sum(map(len, self._parts)) < _LENGTH * frame.sample_rate:
            return
        sound = np.concatenate(self._parts)[: int(_LENGTH * frame.sample_rate)]
        self._begun, self._parts = None, []
        self._next += self._every
        if np.sqrt(np.mean(np.square(sound))) > _FAINT:
            self._keep(Landmark(begun, frame.sample_rate, sound))

    def _keep(self, landmark: Landmark) -> None:
        self._found.append(landmark)
        if len(self._found) > _MOST:
            self._found = self._found[::2]
            self._every *= 2

    def chosen(self, *, damaged: bool) -> list[Landmark]:
        """Return the landmarks nearest to the middle and to the end; none of a short file.

        In a damaged file seeks may go wrong anywhere, so all are returned.
        """
        inside = [one for one in self._found if _RUN_UP < one.at < self._place - _LENGTH - 2 * NEAR]
        if damaged or not inside:
            return inside
        middle = min(inside, key=lambda one: abs(one.at - self._place / 2))
        return [middle] if inside[-1] is middle else [middle, inside[-1]]


def arrives(frames: Iterable[tuple[float, AudioFrame | None]], landmark: Landmark) -> bool:
    """Tell if decoding from a little before a landmark finds its sound within 20 ms of its place.

    Args:
        frames: Frames with their places (s) in the file, from `landmark.begin` on or before.
        landmark: What is to be found.
    """
    begin, end = landmark.at - NEAR, landmark.at + _LENGTH + NEAR
    heard = [np.zeros(0)]
    for at, frame in frames:
        if frame is not None and frame.sample_rate == landmark.rate:
            first, last = (max(0, round((place - at) * landmark.rate)) for place in (begin, end))
            heard.append(_mono(frame)[first:last])
        if frame is not None and at + frame.samples / frame.sample_rate >= end:
            break
    return _is_within(landmark.sound, np.concatenate(heard))


def _mono(frame: AudioFrame) -> Mono:
    """Return the mean of the channels, from -1 to 1."""
    samples = samples_of(frame)
    mono: Mono = samples.astype(np.float64).mean(axis=0)
    size = 8 * samples.dtype.itemsize - 1
    if samples.dtype.kind == "f":
        return mono
    return mono / 2.0**size - (samples.dtype.kind == "u")


def _is_within(wanted: Mono, heard: Mono) -> bool:
    """Tell if a stretch of `heard` is like `wanted`, by their normalized correlation."""
    if len(heard) < len(wanted):
        return False
    energy = np.convolve(np.square(heard), np.ones(len(wanted)), "valid")
    likeness = np.correlate(heard, wanted, "valid")
    scale = np.sqrt(np.maximum(energy, 1e-12) * np.square(wanted).sum())
    return bool((likeness / scale).max() >= _ALIKE)
