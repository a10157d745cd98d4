"""FFmpeg's own program: loudness to compare with, and files in every format."""

import re
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

_CHAIN = "ebur128=peak=true:dualmono=true:metadata=1,ametadata=mode=print:key=lavfi.r128.I:file=-"

CODECS = {
    "wav": "pcm_s16le",
    "flac": "flac",
    "mp3": "libmp3lame",
    "ogg": "libvorbis",
    "opus": "libopus",
    "m4a": "aac",
}
"""FFmpeg's encoder for each ending of a file."""
MakeFile = Callable[..., Path]
"""Makes a sound file: `make_file("mp3", "sine=440", span=2.0, rate=44100)`."""


class Reading(NamedTuple):
    """Integrated loudness in LUFS, loudness range in LU and true peak in dBTP."""

    loudness: float
    loudness_range: float
    true_peak: float


def ebur128(path: Path) -> Reading:
    """What `ffmpeg -af ebur128=peak=true` says of a whole file."""
    done = subprocess.run(
        ["ffmpeg", "-hide_banner", "-nostats", "-i", str(path), "-af", _CHAIN, "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    loudness = re.findall(r"lavfi\.r128\.I=(\S+)", done.stdout)[-1]
    spread = re.findall(r"LRA:\s+(\S+) LU", done.stderr)[-1]
    peak = re.findall(r"Peak:\s+(\S+) dBFS", done.stderr)[-1]
    return Reading(float(loudness), float(spread), float(peak))


def ebur128_of_all(paths: list[Path]) -> list[Reading]:
    """The readings of many files, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(ebur128, paths))


def beginning(path: Path, folder: Path, seconds: float) -> Path:
    """Write the first seconds of a file, their sound untouched."""
    cut = folder / path.name
    copy = ["-i", str(path), "-t", str(seconds), "-map", "0:a", "-c", "copy", str(cut)]
    subprocess.run(["ffmpeg", "-v", "error", *copy], check=True)
    return cut


def convert(path: Path, kind: str) -> Path:
    """The same sound in the format of the file ending `kind`, beside it."""
    made = path.with_suffix(f".{kind}")
    if made != path:
        command = ["ffmpeg", "-v", "error", "-y", "-i", str(path), str(made)]
        subprocess.run(command, check=True)
    return made


def encode(path: Path, kind: str, *options: str, name: str = "encoded") -> Path:
    """The same sound by the best that FFmpeg's encoder of a kind can do, beside it."""
    made = path.with_name(f"{name}.{kind}")
    how = ["-c:a", CODECS[kind]] if kind != "wav" else ["-c:a", "copy"]
    rate = ["-b:a", "256k"] if kind in {"mp3", "m4a", "opus"} else []
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(path), *how, *rate, *options, str(made)]
    subprocess.run(command, check=True)
    return made
