"""File type detection of sound files by magic numbers, before any decoder reads them."""

from pathlib import Path

from kacenv.core.errors import DeviceError

_HEAD = 12
_MP4_BRAND = slice(4, 8)


def kind_of(path: str) -> str:
    """Return the container of the sound file at `path`: `wav`, `flac`, `ogg`, `mp4`, ….

    A playlist disguised as music could lead a decoder to the network, so only files that begin like
    a known container are accepted.

    Raises:
        DeviceError: There is no such file, or it isn't music kacenv can play.
    """
    file = Path(path)
    if not file.is_absolute():
        raise DeviceError("its path isn't absolute; give the whole path")
    if not file.is_file():
        raise DeviceError("the file isn't there; was it moved, or is its disk away?")
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise DeviceError(f"the file can't be read: {error.strerror}") from error
    return _kind(head)


def _kind(head: bytes) -> str:
    if not head:
        raise DeviceError("the file is empty; copy it again")
    starts = {
        b"RIFF": "wav",
        b"RF64": "wav",
        b"FORM": "aiff",
        b"fLaC": "flac",
        b"OggS": "ogg",
        b"ID3": "mpeg",
        b"\x1aE\xdf\xa3": "matroska",
    }
    for start, kind in starts.items():
        if head.startswith(start):
            return kind
    if head[_MP4_BRAND] == b"ftyp":
        return "mp4"
    if head[0] == 0xFF and len(head) > 1 and head[1] & 0xE0 == 0xE0:
        return "mpeg"
    raise DeviceError("it isn't music; use WAV, FLAC, MP3, Ogg, Opus, M4A or AIFF files")
