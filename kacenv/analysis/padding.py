"""Padding that encoders put behind a file's music, and that FFmpeg doesn't leave out by itself.

FFmpeg honours what LAME, Opus, Vorbis and FLAC say of their beginnings and ends, and the beginning
of AAC in MP4. The end of AAC in MP4 stands in the duration of its last packet, or in iTunes' tag.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeVar

import numpy as np
from av.audio.frame import AudioFrame

_TAG: Final = "iTunSMPB"
_FIELDS: Final = 4
"""Fields of the tag that count: nought, delay, padding, and the number of samples in hex."""
_Frame = TypeVar("_Frame", AudioFrame, AudioFrame | None)


def unpadded(frames: Iterable[_Frame], tags: Mapping[str, str]) -> Iterator[_Frame]:
    """Yield the frames of a file, from anywhere in it, without the padding behind the last one.

    `tags` are the file's. A frame is handed on once the next one is there.
    """
    end, last = _stated_end(tags), None
    for frame in frames:
        if last is not None:
            yield last
        last = frame
        if frame is None:
            yield frame
        elif end is not None and _place(frame) + frame.samples >= end:
            break
    if last is not None:
        yield from _first(last, _length(last, end))


def _stated_end(tags: Mapping[str, str]) -> int | None:
    """Return the number of samples that iTunes' tag states; None without one."""
    fields = tags.get(_TAG, "").split()
    try:
        return int(fields[_FIELDS - 1], 16) or None
    except (IndexError, ValueError):
        return None


def _place(frame: AudioFrame) -> int:
    """Return the number of the first sample of `frame` in its file."""
    return round((frame.time or 0.0) * frame.sample_rate)


def _length(frame: AudioFrame, end: int | None) -> int:
    """Return how many samples of a file's last frame are music."""
    stated = frame.samples if end is None else end - _place(frame)
    base = frame.time_base
    if frame.duration and base is not None and base * frame.sample_rate == 1:
        stated = min(stated, frame.duration)
    return max(0, min(frame.samples, stated))


def _first(frame: AudioFrame, count: int) -> Iterator[AudioFrame]:
    """Yield the first `count` samples of a frame, if there are any."""
    if count == frame.samples:
        yield frame
    elif count:
        columns = count if frame.format.is_planar else count * frame.layout.nb_channels
        samples = np.ascontiguousarray(frame.to_ndarray()[:, :columns])
        kept = AudioFrame.from_ndarray(samples, frame.format.name, frame.layout.name)
        kept.sample_rate, kept.pts, kept.time_base = frame.sample_rate, frame.pts, frame.time_base
        yield kept
