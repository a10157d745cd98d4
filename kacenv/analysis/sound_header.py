"""Opening of a sound file by FFmpeg, and what its header says."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from kacenv.analysis.file_type import kind_of
from kacenv.analysis.id3_frames import extra_tags
from kacenv.analysis.loudness_meter import LOCAL
from kacenv.analysis.refusals import what_it_is
from kacenv.analysis.tags import Tags, tags_in
from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds

_LOCKED: Final = frozenset({"drms", "drmi", "p608", "enca", "aavd"})
"""Sample entries of encrypted sound in MP4 files (ISO/IEC 14496-12, Apple's and Audible's)."""


@contextmanager
def opened(path: str) -> Iterator[tuple[InputContainer, AudioStream]]:
    """Open the sound of the file at `path`.

    Raises:
        DeviceError: It isn't there, isn't music, is locked, or can't be decoded.
    """
    refuse_other_kinds(path)
    try:
        with av.open(path, options=LOCAL, metadata_errors="replace") as container:
            yield container, _sound_of(container)
    except (av.FFmpegError, ValueError, LookupError) as error:
        raise DeviceError("it can't be decoded; is it damaged? copy it again") from error
    except MemoryError as error:
        raise DeviceError("it needs too much memory; convert it to FLAC") from error


def refuse_other_kinds(path: str) -> str:
    """Return the container's kind.

    Raises:
        DeviceError: It isn't there, or isn't music; the message says what it is instead.
    """
    try:
        return kind_of(path)
    except DeviceError as error:
        raise DeviceError(what_it_is(Path(path)) or str(error)) from error


def _sound_of(container: InputContainer) -> AudioStream:
    if not container.streams.audio:
        raise DeviceError("there is no sound in it")
    stream = container.streams.audio[0]
    if stream.codec_context is None:
        raise DeviceError("nothing here can decode its kind of sound; convert it to FLAC")
    if stream.codec_context.codec_tag.lower() in _LOCKED:
        raise DeviceError("it is locked by who sold it (DRM); get it without, as FLAC or MP3")
    return stream


def tags_of(path: str, container: InputContainer, stream: AudioStream) -> Tags:
    """Return the tags of an opened file."""
    texts = [container.metadata]
    if container.format.name == "ogg":  # of other kinds, a stream has what nobody has written
        texts.append(stream.metadata)
    with suppress(OSError):
        texts.insert(0, extra_tags(Path(path)))
    return tags_in(texts)


def length_of(container: InputContainer, stream: AudioStream) -> Seconds:
    """Return the length (s) by the header; without one, the length decoded."""
    if container.duration:
        return Seconds(container.duration / av.time_base - _pre_skip(container, stream))
    total = 0.0
    for frame in container.decode(stream):
        total += frame.samples / frame.sample_rate
    return Seconds(total)


def _pre_skip(container: InputContainer, stream: AudioStream) -> float:
    """Return what an Ogg Opus file's length counts and nobody hears (s; RFC 7845, 5.1)."""
    head = stream.codec_context.extradata or b""
    is_opus = container.format.name == "ogg" and head.startswith(b"OpusHead")
    return int.from_bytes(head[10:12], "little") / 48_000 if is_opus else 0.0


def placed(
    container: InputContainer, stream: AudioStream, starts_at: Seconds, begin: Seconds
) -> Iterator[tuple[float, AudioFrame]]:
    """Yield frames with their places (s), counted from the first sample, from `begin` or before.

    Only the first frame's timestamp counts; `starts_at` is the file's own time of its first sample.
    """
    container.seek(round((starts_at + begin) * av.time_base), backward=True)
    place: float | None = None
    for packet in container.demux(stream):
        with suppress(av.FFmpegError):
            for frame in stream.decode(packet):
                place = float(frame.time or 0.0) - starts_at if place is None else place
                yield place, frame
                place += frame.samples / frame.sample_rate
