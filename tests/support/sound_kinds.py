"""Kinds of files that clinics have, good and bad, each made in a moment.

Each is half a minute of a tone, so that it can be imported, or something that isn't music.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

from support.sounds import rest, write_wav

SPAN = 32.0
"""Length (s) of those that play."""
_TONE = f"sine=f=440:d={SPAN:g}:r=24000"
_HALF = f"sine=f=440:d={SPAN / 2:g}"
Make = Callable[[Path], object]
"""Writes a file of a kind at a path."""


def ffmpeg(*words: str | Path) -> bytes:
    """What FFmpeg prints for these words."""
    command = ["ffmpeg", "-v", "error", "-y", *map(str, words)]
    return subprocess.run(command, capture_output=True, check=True).stdout


def _by(*options: str, sound: str = _TONE) -> Make:
    """The tone, as FFmpeg writes it with these options."""
    return lambda path: ffmpeg("-f", "lavfi", "-i", sound, *options, path)


def _piped(form: str) -> Make:
    """The tone through a pipe, so that the header is never filled in."""
    return lambda path: path.write_bytes(ffmpeg("-f", "lavfi", "-i", _TONE, "-f", form, "-"))


def _bytes(content: bytes) -> Make:
    return lambda path: path.write_bytes(content)


def _changed(make: Make, change: Callable[[bytes], bytes]) -> Make:
    """A file of another kind with other bytes."""

    def made(path: Path) -> None:
        make(path)
        path.write_bytes(change(path.read_bytes()))

    return made


def _joined(*options: str) -> Make:
    """An MP3 file of 44.1 kHz in stereo, and behind it one in another form."""

    def made(path: Path) -> None:
        plain = "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "-"
        first = ffmpeg("-f", "lavfi", "-i", f"{_HALF}:r=44100", "-ac", "2", *plain)
        path.write_bytes(first + ffmpeg("-f", "lavfi", "-i", f"{_HALF}:r=44100", *options, *plain))

    return made


def _wav_size(size: int) -> Callable[[bytes], bytes]:
    """Put a size into a WAV file's header of its data."""

    def changed(content: bytes) -> bytes:
        at = content.index(b"data") + 4
        return content[:at] + size.to_bytes(4, "little") + content[at + 4 :]

    return changed


def _before(junk: bytes) -> Callable[[bytes], bytes]:
    return lambda content: junk + content


def _cut(share: float) -> Callable[[bytes], bytes]:
    return lambda content: content[: int(len(content) * share)]


_MP3 = _by("-f", "mp3")
_M4A = _by("-f", "mp4")
_APE = b"APETAGEX" + (2000).to_bytes(4, "little") + (40).to_bytes(4, "little") + bytes(16)
_ID3 = b"ID3\4\0\0\0\0\1\0"

PLAYS: dict[str, Make] = {
    "pcm16.wav": _by(),
    "pcm24.wav": _by("-c:a", "pcm_s24le"),
    "float.wav": _by("-c:a", "pcm_f32le"),
    "mulaw.wav": _by("-c:a", "pcm_mulaw"),
    "piped.wav": _piped("wav"),
    "size-zero.wav": _changed(_by(), _wav_size(0)),
    "size-absurd.wav": _changed(_by(), _wav_size(0x7FFFF000)),
    "broken-off.wav": _changed(_by(), _cut(0.98)),
    "plain.flac": _by(),
    "piped.flac": _piped("flac"),
    "id3.flac": _changed(_by(), _before(_ID3 + bytes(128))),
    "broken-off.flac": _changed(_by(), _cut(0.98)),
    "plain.ogg": _by("-c:a", "libvorbis"),
    "flac.ogg": _by("-c:a", "flac"),
    "plain.opus": _by(),
    "plain.mp3": _MP3,
    "vbr.mp3": _by("-q:a", "4", "-write_xing", "0"),
    "joined-rate.mp3": _joined("-ar", "22050", "-ac", "2"),
    "joined-mono.mp3": _joined("-ac", "1"),
    "plain.m4a": _M4A,
    "alac.m4a": _by("-c:a", "alac"),
    "fragments.m4a": _by("-movflags", "frag_keyframe+empty_moov"),
    "plain.aiff": _by(),
    "opus.mka": _by("-c:a", "libopus"),
    "tta.mka": _by("-c:a", "tta"),
    "surround.ogg": _by("-c:a", "libvorbis", "-ac", "6"),
}
"""Kinds that play from their beginning to their end."""
FAILS: dict[str, tuple[Make, str]] = {
    "empty.mp3": (_bytes(b""), "the file is empty"),
    "page.mp3": (_bytes(b"<!DOCTYPE html><html><body>Not found</body></html>"), "a web page"),
    "text.mp3": (_bytes(b"Bring flowers.\n" * 100), "text"),
    "picture.opus": (_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8), "a picture"),
    "archive.flac": (_bytes(b"PK\3\4" + bytes(range(256)) * 8), "an archive|ZIP"),
    "list.mp3": (_bytes(b"#EXTM3U\nhttp://127.0.0.1:9/a.ogg\n"), "a playlist"),
    "zeros.wav": (_bytes(bytes(50_000)), "zeros|isn't music"),
    "head-only.flac": (_bytes(b"fLaC"), "decoded"),
    "noise.flac": (_bytes(b"fLaC" + bytes(range(251)) * 200), "decoded"),
    "movie.wav": (_bytes(b"RIFF\0\0\0\0AVI LIST" + bytes(5000)), "decoded|isn't music"),
    "no-sound.m4a": (_by("-f", "mp4", sound="testsrc=d=2:s=64x64:r=5"), "no sound"),
    "torn.m4a": (_changed(_M4A, _cut(0.5)), "decoded"),
    "locked.m4a": (_changed(_M4A, lambda content: content.replace(b"mp4a", b"drms")), "locked"),
    "silent.wav": (lambda path: write_wav(path, rest(SPAN)), "nothing can be heard"),
}
"""Kinds that the room passes over, each with words of the reason."""
OPEN: dict[str, Make] = {
    "zeros-before.mp3": _changed(_MP3, _before(bytes(3000))),
    "ape-before.mp3": _changed(_MP3, _before(_APE + bytes(1968))),
    "id3v1-before.mp3": _changed(_MP3, _before(b"TAG" + bytes(125))),
    "wavpack.wv": _by(),
    "windows.wma": _by("-c:a", "wmav2", "-f", "asf"),
}
"""Kinds about which all judges are of one mind, whichever it is."""
