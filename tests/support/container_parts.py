"""Parts of containers of sound: chunks, boxes, elements, pages, frames, with their numbers.

Only as exact as damaging them needs.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple

Order = Literal["little", "big"]


class Field(NamedTuple):
    """Whole number in a file: its place, its width (bytes) and its order."""

    at: int
    width: int
    order: Order
    is_vint: bool = False
    """True for the length of a Matroska element, whose first bits tell its width."""


class Part(NamedTuple):
    """Part of a container from `start` to `end`, with the place of its body and its numbers."""

    start: int
    body: int
    end: int
    fields: tuple[Field, ...] = ()


_INSIDE_MP4: Final = (
    *(b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"edts", b"udta"),
    *(b"dinf", b"mvex"),
)
_INSIDE_MATROSKA: Final = (
    *(0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE, 0xE1, 0x1C53BB6B, 0xBB, 0x1549A966, 0x114D9B74),
    *(0x1254C367, 0xA0),
)
_SYNC: Final = {
    "mpeg": re.compile(rb"\xff[\xf2-\xff][\x10-\xef]", re.DOTALL),
    "aac": re.compile(rb"\xff\xf1[\x40-\x7f]", re.DOTALL),
    "ac3": re.compile(rb"\x0b\x77", re.DOTALL),
    "dts": re.compile(rb"\x7f\xfe\x80\x01", re.DOTALL),
    "wavpack": re.compile(rb"wvpk", re.DOTALL),
    "flac": re.compile(rb"\xff[\xf8\xf9][\x10-\xef]", re.DOTALL),
}


def parts_of(content: bytes) -> list[Part]:
    """Return the parts of a sound file; none if its kind has none that are known."""
    for start, split in _SPLITS.items():
        if re.match(start, content, re.DOTALL):
            return list(split(content))
    return []


def _riff(content: bytes) -> Iterator[Part]:
    order: Order = "big" if content.startswith(b"FORM") else "little"
    yield Part(0, 12, len(content), (Field(4, 4, order),))
    yield from _chunks(content, 12, 4, order)


def _chunks(content: bytes, at: int, width: int, order: Order) -> Iterator[Part]:
    """Yield chunks of a name of four bytes and a length."""
    while at + 4 + width <= len(content):
        body = at + 4 + width
        length = int.from_bytes(content[at + 4 : body], order)
        end = min(len(content), body + length + length % 2)
        yield Part(at, body, end, (Field(at + 4, width, order),))
        at = end


def _caf(content: bytes) -> Iterator[Part]:
    at = 8
    while at + 12 <= len(content):
        end = min(len(content), at + 12 + int.from_bytes(content[at + 4 : at + 12], "big"))
        yield Part(at, at + 12, end, (Field(at + 4, 8, "big"),))
        at = end


def _guids(content: bytes) -> Iterator[Part]:
    """Yield the objects of ASF and W64: a GUID, and a length of all."""
    at = 40 if content.startswith(b"riff") else 0
    while at + 24 <= len(content):
        length = int.from_bytes(content[at + 16 : at + 24], "little")
        end = min(len(content), at + max(24, length))
        yield Part(at, at + 24, end, (Field(at + 16, 8, "little"),))
        is_header = at == 0 and content.startswith(b"\x30\x26")
        at = 30 if is_header else end


def _boxes(content: bytes, at: int = 0, end: int | None = None) -> Iterator[Part]:
    end = len(content) if end is None else end
    while at + 8 <= end:
        length = int.from_bytes(content[at : at + 4], "big")
        last = min(end, at + max(8, length)) if length != 1 else end
        yield Part(at, at + 8, last, (Field(at, 4, "big"),))
        if content[at + 4 : at + 8] in _INSIDE_MP4:
            yield from _boxes(content, at + 8, last)
        at = last


def _elements(content: bytes, at: int = 0, end: int | None = None) -> Iterator[Part]:
    end = len(content) if end is None else end
    while at < end and content[at]:
        size_at = at + 9 - content[at].bit_length()
        if size_at >= end or not content[size_at]:
            return
        width = 9 - content[size_at].bit_length()
        body = size_at + width
        length = int.from_bytes(content[size_at:body], "big") & ((1 << 7 * width) - 1)
        last = min(end, body + length)
        yield Part(at, body, last, (Field(size_at, width, "big", is_vint=True),))
        if int.from_bytes(content[at:size_at], "big") in _INSIDE_MATROSKA:
            yield from _elements(content, body, last)
        at = last


def _pages(content: bytes) -> Iterator[Part]:
    starts = [found.start() for found in re.finditer(rb"OggS\0", content)]
    for at, end in zip(starts, [*starts[1:], len(content)], strict=True):
        body = min(end, at + 27 + content[at + 26]) if at + 27 <= end else end
        places = ((at + 26, 1), (at + 5, 1), (at + 6, 8), (at + 14, 4), (at + 18, 4))
        yield Part(at, body, end, tuple(Field(place, width, "little") for place, width in places))


def _flac(content: bytes) -> Iterator[Part]:
    at, is_last = 4, False
    while not is_last and at + 4 <= len(content):
        is_last = bool(content[at] & 0x80)
        end = min(len(content), at + 4 + int.from_bytes(content[at + 1 : at + 4], "big"))
        stream = ((at + 4, 2), (at + 6, 2), (at + 8, 3), (at + 11, 3), (at + 14, 3), (at + 18, 4))
        fields = [(at + 1, 3), (at, 1), *(stream if at == 4 else ())]
        numbers = tuple(Field(place, width, "big") for place, width in fields)
        yield Part(at, at + 4, end, numbers)
        at = end
    yield from _frames("flac")(content)


def _frames(kind: str) -> Callable[[bytes], Iterator[Part]]:
    def split(content: bytes) -> Iterator[Part]:
        starts = [found.start() for found in _SYNC[kind].finditer(content)]
        for at, end in zip(starts, [*starts[1:], len(content)], strict=True):
            yield Part(at, min(end, at + 4), end, (Field(at + 4, 4, "little"),))

    return split


_SPLITS: Final[dict[bytes, Callable[[bytes], Iterator[Part]]]] = {
    rb"RIFF|RF64|RIFX|FORM": _riff,
    rb"caff": _caf,
    rb"riff|\x30\x26\xb2\x75": _guids,
    rb"....(ftyp|moov|mdat)": _boxes,
    rb"\x1a\x45\xdf\xa3": _elements,
    rb"OggS": _pages,
    rb"fLaC": _flac,
    rb"wvpk": _frames("wavpack"),
    rb"\x0b\x77": _frames("ac3"),
    rb"\x7f\xfe\x80\x01": _frames("dts"),
    rb"\xff[\xf0\xf1\xf8\xf9]": _frames("aac"),
    rb"ID3|\xff": _frames("mpeg"),
}


def _crc_table() -> list[int]:
    table = []
    for one in range(256):
        value = one << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
        table.append(value)
    return table


_CRC: Final = _crc_table()


def with_checksums(content: bytes) -> bytes:
    """Return an Ogg file whose pages have right checksums again; any other as it is."""
    made = bytearray(content)
    for page in _pages(content) if content.startswith(b"OggS") else ():
        head = content[page.start : page.start + 27]
        if len(head) < 27:
            continue
        end = page.body + sum(content[page.start + 27 : page.body])
        value, data = 0, content[page.start : min(end, page.end)]
        for place, byte in enumerate(data):
            known = 0 if 22 <= place < 26 else byte
            value = (value << 8 & 0xFFFFFFFF) ^ _CRC[value >> 24 ^ known]
        made[page.start + 22 : page.start + 26] = value.to_bytes(4, "little")
    return bytes(made)
