"""The telling noise in every format that kacenv plays, and joined or cut as files are found."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from support.telling import ffmpeg, join

_MP3, _MP2 = 1105 / 44100, 481 / 44100
_AAC = 1024 / 44100


class SoundFormat(NamedTuple):
    """Way to make a file of the noise, and how much (s) its codec puts before it, or leaves out."""

    name: str
    make: Callable[[Path, Path], object]
    delay: float = 0.0


def _by(*words: str) -> Callable[[Path, Path], object]:
    return lambda source, target: ffmpeg("-i", source, *words, target)


def _piped(kind: str, *words: str) -> Callable[[Path, Path], object]:
    """Make a file that was written to a pipe, so that its header holds no lengths."""

    def make(source: Path, target: Path) -> None:
        with target.open("wb") as out:
            ffmpeg("-i", source, *words, "-f", kind, "-", out=out)

    return make


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> Callable[[Path, Path], object]:
    """Make two files of the noise's first 15 s and of the rest, and join them."""

    def make(source: Path, target: Path) -> None:
        one, two = target.with_stem("one"), target.with_stem("two")
        ffmpeg("-t", "15", "-i", source, *first, one)
        ffmpeg("-ss", "15", "-i", source, *second, two)
        join(target, (one, two))

    return make


def _behind(junk: bytes, *words: str) -> Callable[[Path, Path], object]:
    def make(source: Path, target: Path) -> None:
        bare = target.with_stem("bare")
        ffmpeg("-i", source, *words, bare)
        target.write_bytes(junk + bare.read_bytes())

    return make


_LAME: Final = ("-c:a", "libmp3lame")
_FRAGMENTS: Final = ("-movflags", "frag_keyframe+empty_moov+default_base_moof")
_HALF: Final = ("-ac", "1", "-ar", "22050")
_LARGE_PAGES: Final = ("-page_duration", "9000000")
_ID3: Final = b"ID3\x04\0\0\0\0\x10\0" + bytes(2048)
_APE: Final = b"APETAGEX" + bytes([208, 7, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 160]) + bytes(40)
FORMATS: Final = (
    SoundFormat("plain.wav", _by()),
    SoundFormat("24-192.wav", _by("-c:a", "pcm_s24le", "-ar", "192000")),
    SoundFormat("float.wav", _by("-c:a", "pcm_f32le")),
    SoundFormat("piped.wav", _piped("wav")),
    SoundFormat("piped.flac", _piped("flac")),
    SoundFormat("piped.mka", _piped("matroska", "-c:a", "libvorbis")),
    SoundFormat("long.wav", _by("-rf64", "always")),
    SoundFormat("plain.w64", _by()),
    SoundFormat("plain.aiff", _by()),
    SoundFormat("plain.caf", _by()),
    SoundFormat("plain.au", _by()),
    SoundFormat("plain.flac", _by()),
    SoundFormat("flac.ogg", _by("-c:a", "flac", "-frame_size", "1152", *_LARGE_PAGES)),
    SoundFormat("plain.ogg", _by("-c:a", "libvorbis")),
    SoundFormat("plain.opus", _by("-c:a", "libopus")),
    SoundFormat("cut.ogg", _by("-c:a", "libvorbis", "-output_ts_offset", "32400")),
    SoundFormat("cbr.mp3", _by(*_LAME, "-b:a", "128k")),
    SoundFormat("vbr.mp3", _by(*_LAME, "-q:a", "4")),
    SoundFormat("cbr-bare.mp3", _by(*_LAME, "-write_xing", "0"), _MP3),
    SoundFormat("vbr-bare.mp3", _by(*_LAME, "-q:a", "4", "-write_xing", "0"), _MP3),
    SoundFormat("junk.mp3", _behind(bytes(1500), *_LAME)),
    SoundFormat("ape.mp3", _behind(_APE, *_LAME)),
    SoundFormat("plain.mp2", _by("-c:a", "mp2"), _MP2),
    SoundFormat("aac.m4a", _by("-c:a", "aac")),
    SoundFormat("alac.m4a", _by("-c:a", "alac")),
    SoundFormat("fragments.m4a", _by("-c:a", "aac", *_FRAGMENTS, "-frag_duration", "900000"), _AAC),
    SoundFormat("plain.aac", _by("-c:a", "aac"), _AAC),
    SoundFormat("vorbis.mka", _by("-c:a", "libvorbis")),
    SoundFormat("opus.mka", _by("-c:a", "libopus")),
    SoundFormat("flac.mka", _by("-c:a", "flac")),
    SoundFormat("plain.ac3", _by("-c:a", "ac3", "-ar", "44100"), 256 / 44100),
    SoundFormat("plain.eac3", _by("-c:a", "eac3", "-ar", "44100"), 256 / 44100),
    SoundFormat("plain.dts", _by("-c:a", "dca", "-strict", "-2"), 512 / 44100),
    SoundFormat("plain.wv", _by()),
    SoundFormat("plain.tta", _by()),
    SoundFormat("plain.wma", _by("-c:a", "wmav2"), -2048 / 44100),
    SoundFormat("id3.flac", _behind(_ID3)),
    SoundFormat("chained.ogg", _joined(("-c:a", "libvorbis"), ("-c:a", "libvorbis", *_HALF))),
    SoundFormat("chained.opus", _joined(("-c:a", "libopus"), ("-c:a", "libopus", "-ac", "1"))),
)
"""Formats whose places are those of the noise."""
JOINED: Final = (
    SoundFormat("rate.mp3", _joined((*_LAME,), (*_LAME, *_HALF))),
    SoundFormat("mono.mp3", _joined((*_LAME,), (*_LAME, "-ac", "1"))),
    SoundFormat("rate.aac", _joined(("-c:a", "aac"), ("-c:a", "aac", *_HALF))),
)
"""Formats that hold more than the noise where they are joined."""
