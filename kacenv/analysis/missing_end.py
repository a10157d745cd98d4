"""Music that is lost at a file's end, by the headers that are exact.

A header that estimates (MP3 without a Xing frame), comes from a stream (Ogg) or was never filled in
(a pipe's) promises nothing.
"""

from pathlib import Path
from typing import BinaryIO, Final

import av
from av.container import InputContainer

from kacenv.analysis.id3_frames import synchsafe
from kacenv.core.units import Seconds

_LEAST: Final = Seconds(2.0)
"""Difference (s) up to which a file is whole; encoders round, and pad the end."""
_EXACT: Final = frozenset({"flac", "aiff", "mov,mp4,m4a,3gp,3g2,mj2", "mp3"})
_PLACEHOLDER: Final = 0x7FFF0000
"""Size (bytes) from which a pipe's WAV header says only that it doesn't know."""
_CONSTANT: Final = frozenset({1, 3, 6, 7, 0xFFFE})
"""Formats of WAV whose bytes a second are exact: PCM, float, A-law, μ-law, and PCM extensible."""
_MOST_CHUNKS: Final = 1000
_HEAD: Final = 4096
"""Bytes from the first MP3 frame on in which its Xing or Info header lies."""


def promised_length(path: str, container: InputContainer) -> Seconds:
    """Return the length (s) that an opened file's header promises, if it is exact; else 0."""
    kind = container.format.name
    with Path(path).open("rb") as file:
        if kind == "wav":
            return Seconds(_promised_by_wav(file))
        if kind not in _EXACT or (kind == "mp3" and not _has_frame_count(file)):
            return Seconds(0.0)
    return Seconds((container.duration or 0) / av.time_base)


def missing_end(promised: Seconds, decoded: Seconds) -> Seconds:
    """Return how much (s) of what a header promises hasn't been decoded; 0 for a whole file."""
    lost = promised - decoded
    return Seconds(lost if lost > _LEAST else 0.0)


def _promised_by_wav(file: BinaryIO) -> float:
    """Return the length (s) by the size of a WAV file's data; 0 if its header isn't exact."""
    file.seek(12)
    rate = 0
    for _ in range(_MOST_CHUNKS):
        head = file.read(8)
        size = int.from_bytes(head[4:], "little")
        if head[:4] == b"data" and rate:
            return size / rate if size < _PLACEHOLDER else 0.0
        after = file.tell() + size + size % 2
        if head[:4] == b"fmt ":
            form = file.read(12)
            if int.from_bytes(form[:2], "little") not in _CONSTANT:
                return 0.0
            rate = int.from_bytes(form[8:], "little")
        file.seek(after)
    return 0.0


def _has_frame_count(file: BinaryIO) -> bool:
    head = file.read(10)
    if head.startswith(b"ID3"):
        file.seek(len(head) + synchsafe(head[6:]))
    start = file.read(_HEAD)
    return b"Xing" in start or b"Info" in start
