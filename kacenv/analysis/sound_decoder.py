"""FFmpeg's decoders on a sound file, with the place of every frame of samples.

A place is the duration (s) of all that is decoded before it, from the file's beginning on: what a
listener's clock says. Timestamps in files begin anywhere, repeat or jump.
"""

import errno
import math
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import chain
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from kacenv.analysis.absurd_samples import ABSURD, SampleCheck
from kacenv.analysis.downmix import Form, converts, form_of
from kacenv.analysis.file_type import Approach, FileType, id3_length
from kacenv.analysis.mpeg_frames import HEADER, frame_header, is_info
from kacenv.analysis.sound_file import SoundFile, SoundPart
from kacenv.core.errors import DeviceError
from kacenv.core.units import Seconds

CODECS: Final = frozenset({
    *("aac", "ac3", "alac", "ape", "dca", "eac3", "flac", "libopus", "mlp", "mp1", "mp1float"),
    *("mp2", "mp2float", "mp3", "mp3float", "mpc7", "mpc8", "opus", "speex", "tak", "truehd"),
    *("tta", "vorbis", "wavpack", "wmalossless", "wmapro", "wmav1", "wmav2", "gsm_ms"),
    *("adpcm_ima_qt", "adpcm_ima_wav", "adpcm_ms", "dsd_lsbf", "dsd_lsbf_planar", "dsd_msbf"),
    *("dsd_msbf_planar", "dst", "pcm_alaw", "pcm_mulaw", "pcm_s8", "pcm_s8_planar", "pcm_u8"),
    *("pcm_f32be", "pcm_f32le", "pcm_f64be", "pcm_f64le", "pcm_s16be", "pcm_s16be_planar"),
    *("pcm_s16le", "pcm_s16le_planar", "pcm_s24be", "pcm_s24le", "pcm_s24le_planar"),
    *("pcm_s32be", "pcm_s32le", "pcm_s32le_planar", "pcm_s64be", "pcm_s64le", "pcm_u16be"),
    *("pcm_u16le", "pcm_u24be", "pcm_u24le", "pcm_u32be", "pcm_u32le"),
})  # fmt: skip
"""FFmpeg's decoders that may be reached."""
AudioPacket: TypeAlias = "Packet[AudioStream]"
BROKEN: Final = (av.FFmpegError, OSError, ValueError, LookupError)
"""Errors of PyAV about a file."""
NO_SOUND: Final = "there is no sound in it"
_RUN_UP: Final = Seconds(1.0)
"""Decoding starts this much (s) before a place: the first frames after a seek are incomplete."""
_NEAR: Final = Seconds(10.0)
"""Place (s) up to which decoding from the beginning is as quick as a seek."""
_TAIL: Final = Seconds(3.0)
_TAG_HEAD: Final = 40
_PLANES: Final = 8
_PADDING: Final = Seconds(0.1)
"""Greatest length (s) of what an encoder adds to fill its last block."""
_ROUNDED: Final = Seconds(0.002)
"""Greatest error (s) of a length in MP4's units of a thousandth."""
_ITUNES: Final = "iTunSMPB"
_LENGTH: Final = 3
_BUFFER: Final = 1 << 17
GAP: Final = Seconds(1.0)
"""Least jump (s) of a file's timestamps that means lost music; rounding errors are smaller."""
_HOPELESS: Final = 500
"""Number of consecutive damaged packets after which the whole file counts as damaged."""


class Decoded(NamedTuple):
    """Frame of samples with its place (s) in the file; no frame where samples are missing."""

    place: float
    frame: AudioFrame | None


class _MissedError(Exception):
    """A place that can't be reached but by decoding all before it."""


def is_of_the_disk(error: BaseException | None) -> bool:
    """Tell if an error is the disk's; FFmpeg has one of the same number for damage in files."""
    is_damage = isinstance(error, av.FFmpegError)
    return isinstance(error, OSError) and error.errno == errno.EIO and not is_damage


def decoded(sound: SoundFile, begin: float = 0.0) -> Iterator[Decoded]:
    """Decode a file from `begin` (s) or a little before it, or from its beginning.

    Frames with absurd samples are missing, as damaged ones are; a second of them ends the sound.

    Raises:
        DeviceError: There is no sound in it that kacenv plays, or absurd samples alone.
        av.FFmpegError, OSError, ValueError, LookupError: It is damaged or can't be read.
    """
    check, is_heard = SampleCheck(), False
    for one in _decoded(sound, begin, check):
        is_heard = is_heard or one.frame is not None
        yield one
        if check.is_over:
            break
    if check.found and not is_heard:
        raise DeviceError(ABSURD)


def _decoded(sound: SoundFile, begin: float, check: SampleCheck) -> Iterator[Decoded]:
    """Decode all parts; where one is broken behind what was decoded, something is missing."""
    offset = 0.0
    for index, data in enumerate(sound.parts):
        part, end = _Part(sound.kind, data, check), 0.0
        is_passed = index < len(sound.parts) - 1 and begin > offset + _NEAR
        try:
            length = part.length() if is_passed else math.inf
            if offset + length <= begin:
                offset += length
                continue
            for place, frame in part.decoded(begin - offset):
                yield Decoded(offset + place, frame)
                end = place + seconds_of(frame)
        except (*BROKEN, DeviceError) as error:
            if offset + end == 0.0 or is_of_the_disk(error):
                raise
            yield Decoded(offset + end, None)
        offset += end


def seconds_of(frame: AudioFrame | None) -> float:
    """Return the duration (s) of a frame."""
    return frame.samples / frame.sample_rate if frame else 0.0


def part_of(frame: AudioFrame, begin: int, end: int) -> AudioFrame:
    """Return a frame of another's samples from `begin` to `end`; its timestamp is the other's."""
    is_whole = begin <= 0 and end >= frame.samples
    if is_whole or frame.layout.nb_channels >= _PLANES:
        return frame  # PyAV miscounts the planes of eight channels
    channels = 1 if frame.format.is_planar else frame.layout.nb_channels
    data: Any = np.ascontiguousarray(frame.to_ndarray()[:, begin * channels : end * channels])
    shorter = AudioFrame.from_ndarray(data, frame.format.name, frame.layout.name)
    shorter.sample_rate, shorter.pts, shorter.time_base = (
        frame.sample_rate,
        frame.pts,
        frame.time_base,
    )
    return shorter


class _Part:
    """Complete stream of sound within a file."""

    def __init__(self, kind: FileType, data: SoundPart, check: SampleCheck) -> None:
        self._kind = kind
        self._data = data
        self._check = check

    def decoded(self, begin: float) -> Iterator[Decoded]:
        """Decode from `begin` (s) or a little before it, or from the beginning."""
        with suppress(_MissedError):
            if begin > _NEAR:
                yield from self._from(begin - _RUN_UP)
                return
        with self._opened() as run:
            yield from run.decoded()

    def length(self) -> float:
        """Return the duration (s) of all that is decoded."""
        with self._opened() as run:
            promised = run.duration
        last = deque(self.decoded(max(0.0, promised - _TAIL)), 1)
        return sum(place + seconds_of(frame) for place, frame in last)

    def _from(self, begin: float) -> Iterator[Decoded]:
        with self._opened() as run:
            approach = Approach.DECODE if run.is_rounded else self._kind.approach
            if approach is Approach.DECODE:
                raise _MissedError
            yield from run.counted(begin) if approach is Approach.COUNT else run.sought(begin)

    @contextmanager
    def _opened(self) -> Iterator["_Run"]:
        self._data.seek(0)
        with closing(open_container(self._kind, self._data)) as container:
            yield _Run(container, self._check)


def open_container(kind: FileType, data: SoundPart) -> InputContainer:
    """Open FFmpeg's demuxer of this kind on `data`; nothing else can be reached from there.

    Raises:
        av.FFmpegError, OSError, ValueError: It is damaged or can't be read.
    """
    options = {
        "format_whitelist": kind.ffmpeg,
        "codec_whitelist": ",".join(sorted(CODECS)),
        "protocol_whitelist": "none",
    }
    return av.open(
        data,
        "r",
        format=kind.ffmpeg,
        options=options,
        metadata_errors="replace",
        buffer_size=_BUFFER,
        io_open=_refuse,
    )


def _refuse(*_: object) -> NoReturn:
    raise PermissionError("a sound file may not open another")


def sound_stream(container: InputContainer) -> AudioStream:
    """Return the stream to play: the first whose decoder may be reached.

    Raises:
        DeviceError: There is none.
    """
    for stream in container.streams.audio:
        context = stream.codec_context
        if context is not None and context.codec.name in CODECS:
            context.thread_type = "NONE"
            return stream
    raise DeviceError(NO_SOUND)


class _Run:
    """Pass through a part from its beginning, perhaps with a seek."""

    def __init__(self, container: InputContainer, check: SampleCheck) -> None:
        self._container = container
        self._check = check
        self._stream = sound_stream(container)
        self._unit = float(self._stream.time_base or 0)
        self._durations: dict[bytes, float] = {}
        self._forms: dict[Form, bool] = {}
        self._damaged = 0
        self._tag_left = 0
        self._is_mp3 = container.format.name == "mp3"

    @property
    def duration(self) -> float:
        """Return the duration (s) that the file promises; 0 if none."""
        return (self._container.duration or 0) / av.time_base

    @property
    def is_rounded(self) -> bool:
        """Tell if its timestamps are rounded: a page's (FLAC in Ogg), or an average (ADPCM)."""
        codec, kind = self._stream.codec_context.name, self._container.format.name
        by_page = codec == "flac" and kind == "ogg"
        return by_page or (codec.startswith("adpcm") and kind in {"wav", "w64"})

    def decoded(self) -> Iterator[Decoded]:
        """Decode everything."""
        return self._placed(
            0.0, (one for packet in self._packets() for one in self._frames(packet))
        )

    def counted(self, begin: float) -> Iterator[Decoded]:
        """Pass over packets up to `begin` (s) by their durations, and decode from there on.

        The first frame tells how much of the packets' time its decoder leaves out.
        """
        packets, time, lead = self._packets(), 0.0, None
        for packet in packets:
            if packet is None or (lead is not None and time - lead >= begin):
                break
            if lead is None:
                frame = next(self._frames(packet), None)
                lead = None if frame is None else time + self._seconds_between(packet, frame)
            time += self._duration(packet)
        else:
            return
        rest = (one for each in chain((packet,), packets) for one in self._frames(each))
        yield from self._placed(time - (lead or 0.0), rest)

    def sought(self, begin: float) -> Iterator[Decoded]:
        """Seek to `begin` (s), and decode from there on.

        Raises:
            _MissedError: The file can't be sought in.
        """
        first = next((one for packet in self._packets() for one in self._frames(packet)), None)
        if first is None or first.pts is None:
            raise _MissedError
        origin = first.pts * self._unit
        try:
            self._container.seek(round((origin + begin) * av.time_base))
        except av.FFmpegError as error:
            raise _MissedError from error
        frames = (one for packet in self._packets() for one in self._frames(packet))
        found = next((one for one in frames if one is not None), None)
        place = -1.0 if found is None or found.pts is None else found.pts * self._unit - origin
        if not 0.0 <= place <= begin + _RUN_UP:
            raise _MissedError
        yield from self._placed(place, chain((found,), frames))

    def _placed(self, place: float, frames: Iterator[AudioFrame | None]) -> Iterator[Decoded]:
        """Yield frames with their places, of which the first is `place`."""
        promised = None
        for frame in self._without_padding(place, self._believed(frames)):
            stamp = frame.pts * self._unit if frame is not None and frame.pts is not None else None
            if promised is None and stamp is not None:
                promised = stamp - place
            if stamp is not None and promised is not None and stamp - promised > place + GAP:
                promised = stamp - place
                yield Decoded(place, None)
            yield Decoded(place, frame)
            place += seconds_of(frame)

    def _believed(self, frames: Iterator[AudioFrame | None]) -> Iterator[AudioFrame | None]:
        """Yield frames, and None for those of an absurd form, or with absurd samples."""
        for frame in frames:
            yield frame if frame is not None and self._is_believed(frame) else None

    def _is_believed(self, frame: AudioFrame) -> bool:
        form = form_of(frame)
        if form not in self._forms:
            self._forms[form] = converts(frame)
        return self._forms[form] and self._check.passes_frame(frame)

    def _without_padding(
        self, place: float, frames: Iterator[AudioFrame | None]
    ) -> Iterator[AudioFrame | None]:
        """Leave out what an MP4 file's last block holds behind the end that the file states.

        FFmpeg honours what LAME, Opus, Vorbis and FLAC say of their ends by itself.
        """
        end, held = self._stated_end(), list[AudioFrame]()
        if not end:
            yield from frames
            return
        for frame in frames:
            place += seconds_of(frame)
            if frame is not None and end < place < end + _PADDING:
                held.append(frame)
                continue
            yield from held  # it goes on: the file's end is another than it says
            held.clear()
            yield frame
        if held:
            end = self._exactly(end, place, held[-1])
        for frame in reversed(held):
            kept = frame.samples - round((place - end) * frame.sample_rate)
            place -= seconds_of(frame)
            if kept > 0:
                yield part_of(frame, 0, kept)

    def _exactly(self, end: float, place: float, last: AudioFrame) -> float:
        """Return the end (s) by the last packet's duration, where the file's is a rounded one."""
        stated = place - seconds_of(last) + (last.duration or 0) * self._unit
        return stated if abs(stated - end) < _ROUNDED else end

    def _stated_end(self) -> float:
        """Return the length (s) of an MP4 file's music by iTunes' tag, or by its track; 0 if none.

        The tag holds delay, padding and length (samples) in hex, after a nought.
        """
        if "mov" not in self._container.format.name:
            return 0.0
        stated = self._container.metadata.get(_ITUNES, "").split()
        with suppress(IndexError, ValueError):
            if samples := int(stated[_LENGTH], 16):
                return samples / self._stream.codec_context.sample_rate
        return (self._stream.duration or 0) * self._unit

    def _packets(self) -> Iterator["AudioPacket | None"]:
        """Yield every packet, and None where reading them fails."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError:
                yield None
                return
            if packet is None:
                return
            if not (self._is_mp3 and packet.size and self._is_tag(packet)):
                yield packet

    def _is_tag(self, packet: AudioPacket) -> bool:
        """Tell if a packet is of a tag, or of notes, where MP3 files are joined."""
        head = bytes(memoryview(packet)[:_TAG_HEAD])
        self._tag_left = max(self._tag_left, id3_length(head)) - packet.size
        return self._tag_left + packet.size > 0 or is_info(head)

    def _frames(self, packet: "AudioPacket | None") -> Iterator[AudioFrame | None]:
        """Yield a packet's frames, and None where decoding fails."""
        if packet is None or self._damaged > _HOPELESS:
            yield None
            return
        try:
            yield from self._stream.decode(packet)
            self._damaged = 0
        except av.FFmpegError:
            self._damaged += 1
            yield None

    def _seconds_between(self, packet: AudioPacket, frame: AudioFrame) -> float:
        if packet.pts is None or frame.pts is None:
            return 0.0
        return (frame.pts - packet.pts) * self._unit

    def _duration(self, packet: AudioPacket) -> float:
        """Return a frame's duration (s); FFmpeg's is wrong where the sample rate changes."""
        if packet.size < HEADER:
            return 0.0
        head = bytes(memoryview(packet)[:HEADER])
        key = head[:3]
        if key not in self._durations:
            header = frame_header(head)
            self._durations[key] = header.duration if header else 0.0
        return self._durations[key]
