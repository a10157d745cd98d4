"""Header of a sound file: what it says of itself before it is decoded."""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from kacenv.analysis.file_type import extent_of, open_file
from kacenv.analysis.id3_frames import extra_tags
from kacenv.analysis.missing_end import promised_length
from kacenv.analysis.refusals import what_it_is
from kacenv.analysis.sound_decoder import (
    BROKEN,
    decoded,
    open_container,
    seconds_of,
    sound_stream,
)
from kacenv.analysis.sound_file import SoundFile, SoundPart, open_sound
from kacenv.analysis.tags import Tags, tags_in
from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds


@dataclass(frozen=True, slots=True)
class SoundHeader:
    """Statements of a sound file about itself."""

    kind: str
    codec: str
    tags: Tags
    promised: Seconds
    """Length (s), if its header is exact; else 0."""


@contextmanager
def opened(path: str) -> Iterator[SoundFile]:
    """Open the sound file at `path`.

    Raises:
        DeviceError: It isn't there, isn't music, is locked, or can't be decoded.
    """
    try:
        with _open_sound(path) as sound:
            yield sound
    except BROKEN as error:
        raise DeviceError("it can't be decoded; is it damaged? copy it again") from error
    except MemoryError as error:
        raise DeviceError("it needs too much memory; convert it to FLAC") from error


def _open_sound(path: str) -> SoundFile:
    try:
        return open_sound(path)
    except DeviceError as error:
        raise DeviceError(what_it_is(Path(path)) or str(error)) from error


def header_of(path: str, sound: SoundFile) -> SoundHeader:
    """Return the header of an opened file.

    Raises:
        DeviceError: There is no sound in it that kacenv plays.
        av.FFmpegError, OSError, ValueError, LookupError: It is damaged or can't be read.
    """
    with _container(sound) as container:
        stream = sound_stream(container)
        tags = tags_in([*_tags_around(path), *_tags_in(container, stream)])
        promised = promised_length(path, container) if len(sound.parts) == 1 else Seconds(0.0)
        return SoundHeader(sound.kind.name, stream.codec_context.name, tags, promised)


def length_of(sound: SoundFile) -> Seconds:
    """Return the length (s) by the header; the length decoded if the header doesn't tell.

    Raises:
        DeviceError: There is no sound in it that kacenv plays.
        av.FFmpegError, OSError, ValueError, LookupError: It is damaged or can't be read.
    """
    with _container(sound) as container:
        stream = sound_stream(container)
        length = (container.duration or 0) / av.time_base - _pre_skip(container, stream)
    if length > 0 and len(sound.parts) == 1:
        return Seconds(length)
    return Seconds(sum(seconds_of(frame) for _, frame in decoded(sound)))


@contextmanager
def _container(sound: SoundFile) -> Iterator[InputContainer]:
    first = sound.parts[0]
    first.seek(0)
    with closing(open_container(sound.kind, first)) as container:
        yield container


def _tags_around(path: str) -> Iterator[Mapping[str, str]]:
    """Yield the tags that FFmpeg doesn't see in the sound alone."""
    with suppress(OSError):
        yield extra_tags(Path(path))
    with suppress(DeviceError, *BROKEN), open_file(path) as file:
        extent = extent_of(file)
        if extent.start:
            whole = SoundPart(file, 0, os.fstat(file.fileno()).st_size)
            with closing(open_container(extent.kind, whole)) as container:
                yield dict(container.metadata)


def _tags_in(container: InputContainer, stream: AudioStream) -> Iterator[Mapping[str, str]]:
    yield container.metadata
    if container.format.name == "ogg":  # of other kinds, a stream has what nobody has written
        yield stream.metadata


def _pre_skip(container: InputContainer, stream: AudioStream) -> float:
    """Return what an Ogg Opus file's length counts and nobody hears (s; RFC 7845, 5.1)."""
    head = stream.codec_context.extradata or b""
    is_opus = container.format.name == "ogg" and head.startswith(b"OpusHead")
    return int.from_bytes(head[10:12], "little") / 48_000 if is_opus else 0.0
