"""Landmarks of a file: short pieces of its sound, by which it is known where a seek arrives."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

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
_FAINT: Final = 1e-4
"""Least rms, against full scale, of sound that can be told apart from other sound."""
Mono = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Landmark:
    """Sound of 0.06 s at a place (s) of the file, counted from its first sample."""

    at: Seconds
    rate: int
    sound: Mono


class LandmarkRecorder:
    """Records a landmark every 2 s, and more seldom the longer a file is."""

    def __init__(self) -> None:
        self._found: list[Landmark] = []
        self._every = float(_EVERY)
        self._next = 0.0
        self._place = 0.0
        self._begun: Seconds | None = None
        self._parts: list[Mono] = []

    def add(self, frame: AudioFrame) -> None:
        """Add the next frame."""
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

    def chosen(self) -> list[Landmark]:
        """Return the landmarks nearest to the middle and to the end; none of a short file."""
        inside = [one for one in self._found if _RUN_UP < one.at < self._place - _LENGTH - 2 * NEAR]
        if not inside:
            return []
        middle = min(inside, key=lambda one: abs(one.at - self._place / 2))
        return [middle] if inside[-1] is middle else [middle, inside[-1]]


def arrives(
    container: InputContainer, stream: AudioStream, starts_at: Seconds, landmark: Landmark
) -> bool:
    """Tell if a seek to the landmark finds its sound within 20 ms of its place.

    Args:
        container: The opened file.
        stream: Its sound.
        starts_at: The file's own time (s) of its first sample.
        landmark: What is to be found.
    """
    begin = max(0.0, landmark.at - _RUN_UP)
    container.seek(round((begin + starts_at) * av.time_base), backward=True)
    around, missed = landmark.at - NEAR, landmark.at + _LENGTH + NEAR
    heard: list[Mono] = []
    for at, sound in _placed(container, stream, starts_at, landmark.rate):
        first = max(0, round((around - at) * landmark.rate))
        heard.append(sound[first : max(0, round((missed - at) * landmark.rate))])
        if at + len(sound) / landmark.rate >= missed:
            break
    return _is_within(landmark.sound, np.concatenate([*heard, np.zeros(0)]))


def _placed(
    container: InputContainer, stream: AudioStream, starts_at: Seconds, rate: int
) -> Iterator[tuple[float, Mono]]:
    """Yield each frame's sound with its place (s) by the timestamp of the first frame."""
    place: float | None = None
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            continue
        for frame in frames:
            assert isinstance(frame, AudioFrame)  # noqa: S101 - the stream is one of sound
            if place is None:
                place = float(frame.time or 0.0) - starts_at
            if frame.sample_rate == rate:
                yield place, _mono(frame)
            place += frame.samples / frame.sample_rate


def _mono(frame: AudioFrame) -> Mono:
    """Return the mean of the channels, from -1 to 1."""
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
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
