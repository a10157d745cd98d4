"""Detection of sound files that are locked by digital rights management."""

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

_PARENTS: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
_LOCKED_ENTRIES: Final = frozenset({b"drms", b"drmi", b"enca", b"aavd"})
_LONGEST_TABLE: Final = 1 << 16
_ASF_LOCKS: Final = tuple(
    bytes.fromhex(guid)
    for guid in (
        "fbb3112223bdd211b4b700a0c955fc6e",  # Content Encryption
        "14e68a292226174cb935dae07ee9289c",  # Extended Content Encryption
        "338505438169e6499b74ad12cb86d58c",  # Advanced Content Encryption
    )
)
_ASF_HEADER: Final = 1 << 20
_EBML_HEADER: Final = 1 << 20
_CONTENT_ENCRYPTION: Final = b"\x50\x35"
_ENCRYPTION_ALGORITHM: Final = b"\x47\xe1\x81"


def is_locked(file: BinaryIO, kind: str, start: int, end: int) -> bool:
    """Tell if the sound between `start` and `end` of a file of this kind is encrypted."""
    if kind == "mp4":
        return any(_LOCKED_ENTRIES & entries for entries in _sample_entries(file, start, end))
    file.seek(start)
    if kind == "asf":
        header = file.read(24)
        length = min(struct.unpack("<Q", header[16:24])[0], _ASF_HEADER) if len(header) == 24 else 0
        content = file.read(length)
        return any(guid in content for guid in _ASF_LOCKS)
    return kind == "matroska" and _has_encryption(file.read(_EBML_HEADER))


def _has_encryption(head: bytes) -> bool:
    """Tell if a Matroska file's first megabyte has a ContentEncryption with an algorithm."""
    at = head.find(_CONTENT_ENCRYPTION)
    while at >= 0:
        place = head.find(_ENCRYPTION_ALGORITHM, at, at + 32)
        if place >= 0 and head[place + 3 : place + 4] not in {b"", b"\0"}:
            return True
        at = head.find(_CONTENT_ENCRYPTION, at + 1)
    return False


def _sample_entries(file: BinaryIO, start: int, end: int) -> Iterator[frozenset[bytes]]:
    """Yield the names of each track's sample entries (ISO/IEC 14496-12)."""
    for name, at, stop in _boxes(file, start, end):
        if name in _PARENTS:
            yield from _sample_entries(file, at, stop)
        elif name == b"stsd":
            file.seek(at + 8)
            table = file.read(min(stop - at, _LONGEST_TABLE))
            yield frozenset(_entries(table))


def _entries(table: bytes) -> Iterator[bytes]:
    at = 0
    while at + 8 <= len(table):
        length, name = struct.unpack(">I4s", table[at : at + 8])
        yield name
        if length < 8:
            return
        at += length


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, beginning and end of each box's content."""
    at = start
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        length, begin = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, begin = int.from_bytes(head[8:16], "big"), 16
        length = length or end - at
        if length < begin:
            return
        yield head[4:8], at + begin, min(at + length, end)
        at += length
