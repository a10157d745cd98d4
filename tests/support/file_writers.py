"""Writers of sound files: by FFmpeg's program, joined, cut, and changed byte by byte."""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal

import numpy as np
import soundfile
from numpy.typing import NDArray
from support.sounds import rest, write_wav
from support.telling import LENGTH, ffmpeg, join

Write = Callable[[Path, Path], object]
Change = Callable[[bytes], bytes]


def by(*words: str) -> Write:
    """Return what has FFmpeg write a file with these words."""
    return lambda source, target: ffmpeg("-i", source, *words, target)


def piped(form: str, *words: str) -> Write:
    """Return what writes to a pipe, so that the header holds no lengths."""

    def write(source: Path, target: Path) -> None:
        with target.open("wb") as out:
            ffmpeg("-i", source, *words, "-f", form, "-", out=out)

    return write


def joined(first: tuple[str, ...], second: tuple[str, ...]) -> Write:
    """Return what writes the first 15 s and the rest as two files, and joins them."""

    def write(source: Path, target: Path) -> None:
        one, two = target.with_stem(f"{target.stem}-1"), target.with_stem(f"{target.stem}-2")
        ffmpeg("-t", "15", "-i", source, *first, one)
        ffmpeg("-ss", "15", "-i", source, *second, two)
        join(target, (one, two))
        for part in (one, two):
            part.unlink()

    return write


def behind(junk: bytes, *words: str) -> Write:
    """Return what puts junk before a file."""
    return changed(by(*words), lambda content: junk + content)


def changed(write: Write, change: Change) -> Write:
    """Return what writes a file, and changes its bytes."""

    def written(source: Path, target: Path) -> None:
        write(source, target)
        target.write_bytes(change(target.read_bytes()))

    return written


def bytes_of(content: bytes) -> Write:
    """Return what writes these bytes."""
    return lambda _, target: target.write_bytes(content)


def silent(_: Path, target: Path) -> None:
    """Write silence of the noise's length."""
    write_wav(target, rest(LENGTH))


def broken_off(share: float) -> Change:
    """Return what keeps a share of a file."""
    return lambda content: content[: int(len(content) * share)]


def wav_size(size: int) -> Change:
    """Return what puts a size into a WAV file's header of its data."""

    def changed(content: bytes) -> bytes:
        at = content.index(b"data") + 4
        return content[:at] + size.to_bytes(4, "little") + content[at + 4 :]

    return changed


_ENCRYPTED: Final = bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e")


def locked_asf(content: bytes) -> bytes:
    """Put the object of encrypted content into an ASF file's header."""
    lock = _ENCRYPTED + struct.pack("<Q", 40) + bytes(16)
    size, count = struct.unpack_from("<QI", content, 16)
    return (
        content[:16]
        + struct.pack("<QI", size + 40, count + 1)
        + content[28:30]
        + (lock + content[30:])
    )


def opus_gain(decibels: float) -> Change:
    """Return what writes a gain into the header of an Opus file (RFC 7845)."""

    def changed(content: bytes) -> bytes:
        at = content.index(b"OpusHead") + 16
        end = content.index(b"OggS", 4)
        gain = round(decibels * 256).to_bytes(2, "little", signed=True)
        page = bytearray(content[:at] + gain + content[at + 2 : end])
        page[22:26] = bytes(4)
        page[22:26] = _ogg_checksum(page).to_bytes(4, "little")
        return bytes(page) + content[end:]

    return changed


def _ogg_checksum(page: bytearray) -> int:
    """Return the CRC of an Ogg page (RFC 3533), whose place in it holds zeros."""
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x104C11DB7 if crc & 1 << 31 else 0)) & 0xFFFFFFFF
    return crc


_DSD_RATE: Final = 2_822_400
_DSF_BLOCK: Final = 4096


def write_dsf(source: Path, target: Path) -> None:
    """Write one channel as DSD64 in Sony's DSF, twice as loud."""
    packed = _dsd(source, "little")
    samples = 8 * len(packed)
    packed += bytes([0x69]) * (-len(packed) % _DSF_BLOCK)
    form = struct.pack("<4sQIIIIIIQII", b"fmt ", 52, 1, 0, 1, 1, _DSD_RATE, 1, samples, 4096, 0)
    size = 28 + 52 + 12 + len(packed)
    head = struct.pack("<4sQQQ", b"DSD ", 28, size, 0)
    target.write_bytes(head + form + struct.pack("<4sQ", b"data", 12 + len(packed)) + packed)


def write_dff(source: Path, target: Path) -> None:
    """Write DSD64, alike on both sides, in Philips' DSDIFF, twice as loud."""
    packed = np.repeat(np.frombuffer(_dsd(source, "big"), np.uint8), 2).tobytes()
    properties = b"".join(
        (
            _dff_chunk(b"FS  ", struct.pack(">I", _DSD_RATE)),
            _dff_chunk(b"CHNL", struct.pack(">H", 2) + b"SLFTSRGT"),
            _dff_chunk(b"CMPR", b"DSD \x0enot compressed\0"),
        )
    )
    version = _dff_chunk(b"FVER", struct.pack(">I", 0x01050000))
    content = version + _dff_chunk(b"PROP", b"SND " + properties) + _dff_chunk(b"DSD ", packed)
    target.write_bytes(_dff_chunk(b"FRM8", b"DSD " + content))


def _dff_chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack(">Q", len(content)) + content


def _dsd(source: Path, order: Literal["big", "little"]) -> bytes:
    """Return the left side of a WAV file by a modulator of the first order, earliest bits first.

    `order` is the place of the earliest bit in a byte: the highest, or the lowest.
    """
    sound, rate = soundfile.read(source)
    level = 2 * np.asarray(sound[:, 0], np.float64)
    bits = _modulated(level, _DSD_RATE // rate)
    return b"".join(np.packbits(some, bitorder=order).tobytes() for some in bits)


def _modulated(sound: NDArray[np.float64], times: int) -> Iterator[NDArray[np.uint8]]:
    """Yield a second's bits at a time; `times` to a sample."""
    carried = 0.0
    for begin in range(0, len(sound), 44_100):
        level = np.repeat((1 + sound[begin : begin + 44_100]) / 2, times)
        total = carried + np.cumsum(level)
        yield np.diff(np.floor(total), prepend=np.floor(carried)).astype(np.uint8)
        carried = float(total[-1] % 1.0)
