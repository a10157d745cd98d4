"""Small sound files in every format that FFmpeg's program writes and kacenv plays."""

import subprocess
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

_SWEEP: Final = "aevalsrc='0.2*sin(2*PI*(150*t+40*t*t))|0.2*sin(2*PI*(200*t+30*t*t))':s={}:d={}"
"""Two voices that rise, so that every moment is like no other."""
_EXACT: Final = ("-fflags", "+bitexact", "-flags:a", "+bitexact")
"""Nothing of chance or of the clock is written."""
_LONG: Final = 22
"""Length (s) of those in which a deck seeks."""


class _Format(NamedTuple):
    """How to write a file: FFmpeg's words, its length (s) and its sample rate (Hz)."""

    words: tuple[str, ...] = ()
    span: float = 4.0
    rate: int = 16_000


def _as(*words: str, span: float = 4.0, rate: int = 16_000) -> _Format:
    return _Format(words, span, rate)


_LAME: Final = ("-c:a", "libmp3lame")
_FRAGMENTS: Final = ("-movflags", "frag_keyframe+empty_moov", "-frag_duration", "500000")
FORMATS: Final[dict[str, _Format]] = {
    "pcm16.wav": _as(),
    "pcm8.wav": _as("-c:a", "pcm_u8", span=8),
    "pcm24.wav": _as("-c:a", "pcm_s24le"),
    "float.wav": _as("-c:a", "pcm_f32le"),
    "double.wav": _as("-c:a", "pcm_f64le", span=3),
    "mulaw.wav": _as("-c:a", "pcm_mulaw"),
    "adpcm.wav": _as("-c:a", "adpcm_ms"),
    "ima.wav": _as("-c:a", "adpcm_ima_wav"),
    "mp3.wav": _as(*_LAME),
    "long.wav": _as(span=_LONG, rate=8_000),
    "rf64.wav": _as("-rf64", "always"),
    "plain.w64": _as(),
    "plain.aiff": _as(),
    "float.aiff": _as("-c:a", "pcm_f32be"),
    "plain.caf": _as(),
    "float.caf": _as("-c:a", "pcm_f32be"),
    "alac.caf": _as("-c:a", "alac"),
    "float.au": _as("-c:a", "pcm_f32be"),
    "plain.flac": _as(),
    "24.flac": _as("-sample_fmt", "s32"),
    "long.flac": _as(span=_LONG, rate=8_000),
    "flac.ogg": _as("-c:a", "flac"),
    "vorbis.ogg": _as("-c:a", "libvorbis"),
    "long.ogg": _as("-c:a", "libvorbis", span=_LONG),
    "speex.ogg": _as("-c:a", "libspeex", "-ac", "1"),
    "plain.opus": _as("-c:a", "libopus"),
    "surround.opus": _as("-c:a", "libopus", "-ac", "6"),
    "long.opus": _as("-c:a", "libopus", span=_LONG),
    "cbr.mp3": _as(*_LAME, rate=44_100),
    "vbr.mp3": _as(*_LAME, "-q:a", "6", "-write_xing", "0"),
    "long.mp3": _as(*_LAME, "-b:a", "32k", span=_LONG),
    "plain.mp2": _as("-c:a", "mp2"),
    "plain.aac": _as("-c:a", "aac"),
    "long.aac": _as("-c:a", "aac", "-b:a", "32k", span=_LONG),
    "aac.m4a": _as("-c:a", "aac", rate=44_100),
    "long.m4a": _as("-c:a", "aac", "-b:a", "32k", span=_LONG),
    "alac.m4a": _as("-c:a", "alac"),
    "fragments.m4a": _as("-c:a", "aac", *_FRAGMENTS),
    "wide.m4a": _as("-c:a", "aac", "-ac", "8", span=3),
    "flac.mp4": _as("-c:a", "flac", "-strict", "-2"),
    "opus.mp4": _as("-c:a", "libopus"),
    "vorbis.mka": _as("-c:a", "libvorbis"),
    "opus.mka": _as("-c:a", "libopus"),
    "flac.mka": _as("-c:a", "flac"),
    "float.mka": _as("-c:a", "pcm_f32le"),
    "long.mka": _as("-c:a", "libvorbis", span=_LONG),
    "plain.ac3": _as("-c:a", "ac3", rate=32_000),
    "plain.eac3": _as("-c:a", "eac3", rate=32_000),
    "plain.dts": _as("-c:a", "dca", "-strict", "-2", span=3, rate=32_000),
    "plain.wv": _as(),
    "float.wv": _as("-c:a", "wavpack", "-sample_fmt", "fltp"),
    "plain.tta": _as(),
    "two.wma": _as("-c:a", "wmav2", rate=22_050),
    "one.wma": _as("-c:a", "wmav1", rate=22_050),
}


def small_sounds(folder: Path) -> dict[str, bytes]:
    """Write a file in each format, and return them by their names."""
    alike = defaultdict[tuple[int, float], list[Path]](list)
    for name, form in FORMATS.items():
        alike[form.rate, form.span].append(folder / name)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_make, alike.values()))
    return {name: (folder / name).read_bytes() for name in FORMATS}


def _make(paths: list[Path]) -> None:
    """Write files of one rate and length by one program."""
    form = FORMATS[paths[0].name]
    sweep = _SWEEP.format(form.rate, form.span)
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", sweep]
    for path in paths:
        words = FORMATS[path.name].words
        command += ["-map", "0", "-metadata", "title=Sweep", *words, *_EXACT, str(path)]
    subprocess.run(command, check=True)
