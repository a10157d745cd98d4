"""Judging of a sound file: decoded once from its beginning to its end, on one core."""

import errno
from typing import Final

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from kacenv.analysis.frame_formats import FormatRecorder
from kacenv.analysis.landmarks import arrives
from kacenv.analysis.loudness_meter import measure
from kacenv.analysis.missing_end import missing_end, promised_length
from kacenv.analysis.sound_header import opened, placed, refuse_other_kinds, tags_of
from kacenv.analysis.verdict import SoundFormat, Verdict
from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds

_START: Final = Seconds(0.0)


def judge(path: str) -> Verdict:
    """Return the verdict on the file at `path`; what keeps it from being played is its fault.

    Raises:
        OSError: Its disk doesn't give it.
    """
    try:
        return _judged(path)
    except DeviceError as error:
        if getattr(error.__cause__, "errno", None) == errno.EIO:
            raise OSError(errno.EIO, "its disk doesn't give it") from error
        return Verdict(fault=str(error))


def _judged(path: str) -> Verdict:
    kind, formats = refuse_other_kinds(path), FormatRecorder()
    with opened(path) as (container, stream):
        tags, codec = tags_of(path, container, stream), stream.codec_context.name
        promised = promised_length(path, container)
        sound = measure(path, formats)
        form = SoundFormat(
            kind=kind,
            codec=codec,
            rates=" ".join(map(str, formats.rates)),
            channels=" ".join(map(str, formats.channels)),
            starts_at=formats.starts_at or _START,
            missing=missing_end(promised, sound.duration),
            seeks=_seeks(container, stream, formats),
        )
    return Verdict(sound, form=form, tags=tags)


def _seeks(container: InputContainer, stream: AudioStream, formats: FormatRecorder) -> bool:
    """Tell if decoding can begin at the file's middle and near its end."""
    starts_at = formats.starts_at or _START
    try:
        return all(
            arrives(placed(container, stream, starts_at, one.begin), one)
            for one in formats.landmarks.chosen()
        )
    except av.FFmpegError:
        return False
