"""File type detection of sound files by magic numbers, before any decoder reads them.

Every kind of file that kacenv plays is a row of `FILE_TYPES`, and nothing else can be reached.
"""

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import BinaryIO, Final

from kacenv.analysis.mpeg_frames import first_frames
from kacenv.core.errors import DeviceError


class Approach(Enum):
    """Way to a place in a file that is exact for its kind."""

    SEEK = auto()
    """By the file's own index or timestamps."""
    COUNT = auto()
    """By adding up its packets' durations: it has no timestamps, and a seek is a guess."""
    DECODE = auto()
    """By decoding all that is before it: its packets' durations are rounded."""


@dataclass(frozen=True, slots=True)
class FileType:
    """Kind of sound file, with the demuxers that read it and the way to a place in it."""

    name: str
    ffmpeg: str
    vlc: str | None = None
    approach: Approach = Approach.SEEK


FILE_TYPES: Final = {
    one.name: one
    for one in (
        FileType("wav", "wav", "wav"),
        FileType("w64", "w64"),
        FileType("aiff", "aiff", "aiff"),
        FileType("caf", "caf"),
        FileType("au", "au"),
        FileType("flac", "flac", "flac"),
        FileType("ogg", "ogg", "ogg"),
        FileType("mpeg", "mp3", "mp3", Approach.COUNT),
        FileType("aac", "aac", None, Approach.COUNT),
        FileType("ac3", "ac3", None, Approach.DECODE),
        FileType("eac3", "eac3", None, Approach.DECODE),
        FileType("dts", "dts", None, Approach.DECODE),
        FileType("mp4", "mov", "mp4"),
        FileType("matroska", "matroska"),
        FileType("wavpack", "wv"),
        FileType("tta", "tta"),
        FileType("ape", "ape"),
        FileType("asf", "asf"),
        FileType("musepack", "mpc"),
        FileType("musepack8", "mpc8"),
        FileType("tak", "tak"),
        FileType("dsf", "dsf"),
        FileType("dff", "iff"),
    )
}

_NO_MUSIC: Final = "it isn't music; use WAV, FLAC, MP3, Ogg, Opus, M4A or AIFF files"
_HEAD: Final = 32
_SEARCHED: Final = 1 << 20
"""Length (bytes) of junk at a file's beginning behind which frames are still found."""
_FRAMES: Final = 4
_STARTS: Final = {
    b"RF64": "wav",
    b"BW64": "wav",
    b"RIFX": "wav",
    b"riff\x2e\x91\xcf\x11": "w64",
    b"caff\0\x01": "caf",
    b".snd\0\0": "au",
    b"fLaC": "flac",
    b"OggS\0": "ogg",
    b"\x0b\x77": "ac3",
    b"\x7f\xfe\x80\x01": "dts",
    b"\xfe\x7f\x01\x80": "dts",
    b"\x1f\xff\xe8\0": "dts",
    b"\xff\x1f\0\xe8": "dts",
    b"\x1aE\xdf\xa3": "matroska",
    b"wvpk": "wavpack",
    b"TTA1": "tta",
    b"TTA2": "tta",
    b"MAC ": "ape",
    bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"): "asf",
    b"MP+": "musepack",
    b"MPCK": "musepack8",
    b"tBaK": "tak",
    b"DSD ": "dsf",
    b"FRM8": "dff",
}
_FORMS: Final = {
    (b"RIFF", b"WAVE"): "wav",
    (b"FORM", b"AIFF"): "aiff",
    (b"FORM", b"AIFC"): "aiff",
}
_BOXES: Final = frozenset({b"ftyp", b"styp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_SELF_SYNCHRONISING: Final = frozenset({"mpeg", "aac"})
_EAC3: Final = 10
"""Greatest `bsid` of AC-3; Enhanced AC-3 has greater ones."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Kind of a sound file, and the bytes of it that hold the sound, without tags around them."""

    kind: FileType
    start: int
    end: int


def kind_of(path: str) -> str:
    """Return the container of the sound file at `path`: `wav`, `flac`, `ogg`, `mp4`, ….

    Raises:
        DeviceError: There is no such file, or it isn't music kacenv can play.
    """
    with open_file(path) as file:
        return extent_of(file).kind.name


def open_file(path: str) -> BinaryIO:
    """Open the file at `path` for reading.

    Raises:
        DeviceError: It isn't there, or can't be read.
    """
    file = Path(path)
    if not file.is_absolute():
        raise DeviceError("its path isn't absolute; give the whole path")
    if not file.is_file():
        raise DeviceError("the file isn't there; was it moved, or is its disk away?")
    try:
        return file.open("rb")
    except OSError as error:
        raise DeviceError(f"the file can't be read: {error.strerror}") from error


def extent_of(file: BinaryIO) -> Extent:
    """Return the kind of a sound file and where its sound lies.

    Tags, zeros and junk before the sound are left out, as are tags behind it.

    Raises:
        DeviceError: It can't be read, or isn't music kacenv can play.
    """
    try:
        size = os.fstat(file.fileno()).st_size
        return _extent(file, size)
    except OSError as error:
        raise DeviceError(f"the file can't be read: {error.strerror}") from error


def _extent(file: BinaryIO, size: int) -> Extent:
    if not size:
        raise DeviceError("the file is empty; copy it again")
    at = _behind_tags(file, 0, size)
    name = _by_magic(_read(file, at, _HEAD), size)
    if name is None:
        at, name = _by_frames(file, at, size)
    end = _before_tags(file, size) if name in _SELF_SYNCHRONISING else size
    return Extent(FILE_TYPES[name], at, max(at, end))


def _read(file: BinaryIO, at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length)


def _behind_tags(file: BinaryIO, at: int, size: int) -> int:
    """Return the first place behind ID3, APE and other tags, and zeros."""
    while at < size:
        head = _read(file, at, _HEAD)
        length = next((length for tag in _TAGS if (length := tag(head))), 0)
        if not length and not any(head):
            length = _zeros(file, at)
        if not length or at + length >= size:
            break
        at += length
    return at


def id3_length(head: bytes) -> int:
    """Return the length (bytes) of an ID3v2 tag that begins like this; 0 if none does."""
    if not head.startswith(b"ID3") or len(head) < 10 or max(head[6:10]) > 127:
        return 0
    length = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return length + (20 if head[5] & 0x10 else 10)


def _ape_tag(head: bytes) -> int:
    if not head.startswith(b"APETAGEX") or len(head) < _HEAD:
        return 0
    length, _, flags = struct.unpack("<III", head[12:24])
    return int(length) + (_HEAD if flags >> 29 & 1 else 0)


def _id3v1(head: bytes) -> int:
    if head.startswith(b"TAG+"):
        return 227
    return 128 if head.startswith(b"TAG") else 0


_TAGS: Final[tuple[Callable[[bytes], int], ...]] = (id3_length, _ape_tag, _id3v1)


def _zeros(file: BinaryIO, at: int) -> int:
    """Return the number of zeros at `at`, up to a megabyte."""
    data = _read(file, at, _SEARCHED)
    return len(data) - len(data.lstrip(b"\0"))


def _by_magic(head: bytes, size: int) -> str | None:
    """Return the kind of a file that begins like this; None if nothing begins so."""
    form = _FORMS.get((head[:4], head[8:12]))
    if form:
        return form
    if head[4:8] in _BOXES and _is_box(head, size):
        return "mp4"
    name = next((name for start, name in _STARTS.items() if head.startswith(start)), None)
    is_enhanced = name == "ac3" and len(head) > 5 and head[5] >> 3 > _EAC3
    return "eac3" if is_enhanced else name


def _is_box(head: bytes, size: int) -> bool:
    length = int.from_bytes(head[:4], "big")
    return length in {0, 1} or 8 <= length <= max(size, _SEARCHED)


def _by_frames(file: BinaryIO, at: int, size: int) -> tuple[int, str]:
    """Return the first place from which frames follow each other, and their kind."""
    data = _read(file, at, _SEARCHED)
    if data.startswith((b"RIFF", b"FORM", b"PK")):
        raise DeviceError(_NO_MUSIC)
    found = first_frames(data, _FRAMES, whole=at + len(data) >= size)
    if found is None:
        raise DeviceError(_NO_MUSIC)
    return at + found[0], found[1]


def _before_tags(file: BinaryIO, size: int) -> int:
    """Return the end of the frames, before an ID3v1 tag, an APE tag or both."""
    end = size
    if _read(file, max(0, end - 128), 3) == b"TAG":
        end -= 128
    foot = _read(file, max(0, end - _HEAD), _HEAD)
    if foot.startswith(b"APETAGEX") and len(foot) == _HEAD:
        length, _, flags = struct.unpack("<III", foot[12:24])
        end -= length + (_HEAD if flags >> 31 else 0)
    return max(0, end)
