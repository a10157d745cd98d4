"""Reader of the two ID3v2 frames that FFmpeg passes over: a licence's address, and timed lyrics.

https://id3.org/id3v2.4.0-structure, https://id3.org/id3v2.3.0.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

_HEADER: Final = 10
_LARGEST: Final = 64 << 20
"""Greatest size (bytes) of a tag that is looked through."""
_MOST_CHUNKS: Final = 1000


def extra_tags(path: Path) -> dict[str, str]:
    """Return `wcop`, the address of the licence, and `sylt`, if the file at `path` has them.

    What follows a damaged place of a tag isn't seen.

    Raises:
        OSError: It can't be read.
    """
    with path.open("rb") as file:
        return dict(_frames(_tag(file)))


def _tag(file: BinaryIO) -> bytes:
    """Return the ID3v2 tag at the file's beginning, or in a chunk of a RIFF or AIFF file."""
    start = file.read(12)
    if start.startswith(b"ID3"):
        file.seek(0)
        return file.read(min(_HEADER + synchsafe(start[6:10]), _LARGEST))
    if start[:4] in {b"RIFF", b"RF64"}:
        return _in_chunk(file, big_endian=False)
    return _in_chunk(file, big_endian=True) if start[:4] == b"FORM" else b""


def _in_chunk(file: BinaryIO, *, big_endian: bool) -> bytes:
    for _ in range(_MOST_CHUNKS):
        head = file.read(8)
        size = int.from_bytes(head[4:], "big" if big_endian else "little")
        if head[:4].upper() == b"ID3 ":
            return file.read(min(size, _LARGEST))
        if len(head) < 8:
            break
        file.seek(size + size % 2, 1)  # chunks have even lengths
    return b""


def synchsafe(size: bytes) -> int:
    """Return the number that bytes of seven bits each hold, as in an ID3v2 tag."""
    number = 0
    for byte in size:
        number = number << 7 | byte & 0x7F
    return number


def _frames(tag: bytes) -> Iterator[tuple[str, str]]:
    if len(tag) < _HEADER or tag[3] not in {3, 4}:
        return
    at = _HEADER
    while tag[at : at + 4].isalnum() and at + _HEADER <= len(tag):
        name, size = tag[at : at + 4], tag[at + 4 : at + 8]
        begin = at + _HEADER
        at = begin + (synchsafe(size) if tag[3] == 4 else int.from_bytes(size, "big"))
        body = tag[begin:at]
        if name == b"WCOP":
            yield "wcop", body.split(b"\0")[0].decode("latin-1")
        elif name == b"SYLT" and body:
            yield "sylt", "timed"
