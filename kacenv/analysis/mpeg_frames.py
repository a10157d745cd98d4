"""Frames of MPEG audio (MP1, MP2, MP3) and of ADTS (AAC), found by their headers.

Source: ISO/IEC 11172-3, 13818-3 and 13818-7.
"""

import re
from typing import Final, NamedTuple

HEADER: Final = 7
"""Length (bytes) of the longest header, ADTS's."""
_NOTES: Final = frozenset({b"Xing", b"Info"})
_NOTES_AT: Final = (36, 21, 13)
"""Places of notes in frames of version 1, of mono or version 2, and of both."""
_SYNC: Final = re.compile(rb"\xff[\xe0-\xff]")
_BITRATES: Final = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Bit rates (kbit/s) by version and layer; versions 2 and 2.5 share theirs."""
_RATES: Final = (44100, 48000, 32000)


class FrameHeader(NamedTuple):
    """Header of one frame: its codec (`mpeg` or `aac`), whole length (bytes) and duration (s)."""

    codec: str
    length: int
    duration: float


def frame_header(data: bytes, at: int = 0) -> FrameHeader | None:
    """Return the frame header at `at`; None if there is none."""
    head = data[at : at + HEADER]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    return _mpeg(head) if head[1] & 0x06 else _adts(head)


def is_info(frame: bytes) -> bool:
    """Tell if an MP3 frame holds an encoder's notes (Xing, LAME) instead of sound."""
    return any(frame[place : place + 4] in _NOTES for place in _NOTES_AT)


def first_frames(data: bytes, wanted: int, *, whole: bool) -> tuple[int, str] | None:
    """Return where `wanted` frames follow each other in `data`, and their codec.

    With `whole`, `data` is all there is: fewer frames do if they end with it.
    """
    for sync in _SYNC.finditer(data):
        codec = _chain(data, sync.start(), wanted, whole=whole)
        if codec:
            return sync.start(), codec
    return None


def _chain(data: bytes, at: int, wanted: int, *, whole: bool) -> str | None:
    first = frame_header(data, at)
    here, found = first, 0
    while here and first and here.codec == first.codec:
        at += here.length
        found += 1
        if found == wanted or (whole and len(data) - 1 <= at <= len(data)):
            return first.codec
        here = frame_header(data, at)
    return None


def _mpeg(head: bytes) -> FrameHeader | None:
    version, layer = {3: 1, 2: 2, 0: 4}.get(head[1] >> 3 & 3), 4 - (head[1] >> 1 & 3)
    bits, rate, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version is None or bits in {0, 15} or rate == 3:
        return None
    hertz = _RATES[rate] // version
    bitrate = _BITRATES[min(version, 2), layer][bits - 1] * 1000
    if layer == 1:
        return FrameHeader("mpeg", (12 * bitrate // hertz + padding) * 4, 384 / hertz)
    samples = 1152 if layer == 2 or version == 1 else 576
    return FrameHeader("mpeg", samples // 8 * bitrate // hertz + padding, samples / hertz)


_ADTS_RATES: Final = (
    *(96000, 88200, 64000, 48000, 44100, 32000, 24000),
    *(22050, 16000, 12000, 11025, 8000, 7350),
)


def _adts(head: bytes) -> FrameHeader | None:
    if len(head) < HEADER or head[1] & 0xF6 != 0xF0 or head[2] >> 2 & 15 >= len(_ADTS_RATES):
        return None
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    duration = 1024 * ((head[6] & 3) + 1) / _ADTS_RATES[head[2] >> 2 & 15]
    return FrameHeader("aac", length, duration) if length >= HEADER else None
