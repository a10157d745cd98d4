"""Padding behind the music of an MP4 file, which FFmpeg doesn't leave out by itself.

FFmpeg honours what LAME, Opus, Vorbis and FLAC say of their beginnings and ends, and the beginning
of MP4. Where the music of an MP4 file ends stands in the duration of its last packet, or in iTunes'
tag.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeVar

import numpy as np
from av.audio.frame import AudioFrame
from av.container import InputContainer

_MP4: Final = "mp4"
_TAG: Final = "iTunSMPB"
_COUNT: Final = 3
"""Place in the tag of the number of samples, in hex, after nought, delay and padding."""
_Frame = TypeVar("_Frame", AudioFrame, AudioFrame | None)


def unpadded(frames: Iterable[_Frame], container: InputContainer) -> Iterator[_Frame]:
    """Yield the frames of a file, from anywhere in it, without the padding behind the last one.

    The last of the frames must be the file's last one.
    """
    if _MP4 not in container.format.name.split(","):
        yield from frames
        return
    end, last = _stated_end(container), None
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


def _stated_end(container: InputContainer) -> int | None:
    """Return the sample at which the music ends by iTunes' tag, as FFmpeg counts them; or None."""
    stream = container.streams.audio[0]
    begin = (stream.start_time or 0) * (stream.time_base or 0) * stream.codec_context.sample_rate
    try:
        count = int(container.metadata.get(_TAG, "").split()[_COUNT], 16)
    except (IndexError, ValueError):
        return None
    return round(begin) + count if count else None


def _place(frame: AudioFrame) -> int:
    """Return the number of the first sample of `frame` in its file."""
    return round((frame.time or 0.0) * frame.sample_rate)


def _length(frame: AudioFrame, end: int | None) -> int:
    """Return how many samples of a file's last frame are music."""
    stated = frame.samples if end is None else end - _place(frame)
    base = frame.time_base
    if frame.duration and base is not None:
        stated = min(stated, round(frame.duration * base * frame.sample_rate))
    return max(0, min(frame.samples, stated))


def _first(frame: AudioFrame, count: int) -> Iterator[AudioFrame]:
    """Yield the first `count` samples of a frame, if there are any."""
    if count == frame.samples:
        yield frame
    elif count:
        columns = count if frame.format.is_planar else count * frame.layout.nb_channels
        samples: Any = np.ascontiguousarray(frame.to_ndarray()[:, :columns])
        kept = AudioFrame.from_ndarray(samples, frame.format.name, frame.layout.name)
        kept.sample_rate, kept.pts, kept.time_base = frame.sample_rate, frame.pts, frame.time_base
        yield kept
