"""Fifty tracks, twenty of them broken, each in a way of its own."""

import subprocess
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from random import Random

from support.ffmpeg import CODECS

from kacenv.core.units import Decibels, Seconds
from kacenv.model.playlist import Cut, Queue
from kacenv.model.room import Output, Role, Room
from kacenv.model.scene import EndKind
from kacenv.model.timeline import PlannedPhase, Timeline

LENGTH = Seconds(14.0)
CROSSFADE = Seconds(4.0)
GOOD = 30
_NOISE = "anoisesrc=amplitude=0.3:color=white:seed={},lowpass=6000"
"""Noise of one level throughout, so that every step in the recording is the player's."""


def make_good(folder: Path, count: int = GOOD) -> list[Path]:
    """Noise in every format in turn."""
    kinds = islice(cycle(CODECS), count)
    return [noise(folder / f"good-{seed}.{kind}", seed) for seed, kind in enumerate(kinds)]


def make_broken(folder: Path) -> list[Path]:
    """One file for each way of being broken; the one that vanishes is removed by then."""
    return [make(folder / name) for name, make in BROKEN.items()]


def noise(path: Path, seed: int = 0, *options: str, length: float = LENGTH) -> Path:
    """A file of stereo noise in the format its name says."""
    codec = () if "-c:a" in options else ("-c:a", CODECS[path.suffix[1:]])
    _ffmpeg(path, "-f", "lavfi", "-t", f"{length}", "-i", _NOISE.format(seed), *codec,
            *(options or ("-ar", "48000", "-ac", "2")))  # fmt: skip
    return path


def _ffmpeg(path: Path, *words: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *words, str(path)], check=True)


def _holding(content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


def _changed(change: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    """Noise whose bytes are then changed."""

    def make(path: Path) -> Path:
        path.write_bytes(change(noise(path, 99).read_bytes()))
        return path

    return make


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _corrupt_in_the_middle(content: bytes) -> bytes:
    third = len(content) // 3
    garbage = Random(3).randbytes(third // 2)  # noqa: S311 - chance, not a secret
    return content[:third] + garbage + content[third + third // 2 :]


def _boastful(content: bytes) -> bytes:
    """A WAV file of two seconds that says it is two gigabytes long."""
    header = bytearray(content[: 44 + 4 * 2 * 48000])
    place = header.index(b"data") + 4
    header[4:8] = header[place : place + 4] = (0x7FFFFFF0).to_bytes(4, "little")
    return bytes(header)


def _in_eight_channels(path: Path) -> Path:
    return noise(path, 97, "-ar", "48000", "-ac", "8")


def _at_eight_kilohertz(path: Path) -> Path:
    return noise(path, 96, "-ar", "8000", "-ac", "1")


def _film(path: Path) -> Path:
    _ffmpeg(path, "-f", "lavfi", "-i", f"testsrc=d={LENGTH}:s=160x120:r=5", "-f", "lavfi",
            "-t", f"{LENGTH}", "-i", _NOISE.format(95), "-c:v", "mpeg4", "-c:a", "aac")  # fmt: skip
    return path


def _film_without_sound(path: Path) -> Path:
    _ffmpeg(path, "-f", "lavfi", "-i", f"testsrc=d={LENGTH}:s=160x120:r=5", "-c:v", "mpeg4")
    return path


def _flac_by_another_name(path: Path) -> Path:
    return noise(path, 94, "-c:a", "flac", "-f", "flac", "-ar", "48000", "-ac", "2")


def _silent(path: Path) -> Path:
    _ffmpeg(path, "-f", "lavfi", "-t", f"{LENGTH}", "-i", "anullsrc=r=48000", "-c:a", "flac")
    return path


def _short(path: Path) -> Path:
    """Two seconds of what the playlist takes for twenty."""
    return noise(path, 93, "-ar", "48000", "-ac", "2", length=2.0)


def _gone(path: Path) -> Path:
    return path


def _folder(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    return path


BROKEN: dict[str, Callable[[Path], Path]] = {
    "empty.mp3": _holding(b""),
    "text.mp3": _holding(b"Dear diary, this is no music.\n" * 500),
    "list.mp3": _holding(b"#EXTM3U\nhttp://127.0.0.1:9/stream.mp3\n"),
    "head-alone.flac": _holding(b"fLaC" + bytes(5000)),
    "truncated.flac": _changed(_half),
    "truncated.mp3": _changed(_half),
    "truncated.m4a": _changed(_half),
    "corrupt.mp3": _changed(_corrupt_in_the_middle),
    "corrupt.flac": _changed(_corrupt_in_the_middle),
    "corrupt.ogg": _changed(_corrupt_in_the_middle),
    "boastful.wav": _changed(_boastful),
    "eight-channels.flac": _in_eight_channels,
    "eight-kilohertz.wav": _at_eight_kilohertz,
    "film.mp4": _film,
    "film-without-sound.mp4": _film_without_sound,
    "flac-by-another-name.mp3": _flac_by_another_name,
    "silent.flac": _silent,
    "short.mp3": _short,
    "vanished.flac": _gone,
    "folder.mp3": _folder,
}


def room_and_session(paths: list[Path], span: float, seed: int = 0) -> tuple[Room, Timeline]:
    """Speakers, and a session in two phases that plays these files in any order for `span` s."""
    mixed = Random(seed).sample(paths, len(paths))  # noqa: S311 - chance, not a secret
    cuts = tuple(Cut(str(path), path.name, "Nobody", LENGTH) for path in mixed)
    half = len(cuts) // 2
    phases = (_phase("onset", cuts[:half], span / 2), _phase("peak", cuts[half:], span / 2))
    room = Room(name="soak", outputs=(Output(id="speakers", role=Role.SPEAKERS),))
    return room, Timeline("Fault run", phases, None, (), 1, Seconds(300.0))


def _phase(name: str, cuts: tuple[Cut, ...], span: float) -> PlannedPhase:
    return PlannedPhase(
        name=name,
        duration=Seconds(span),
        queue=Queue(name, cuts, CROSSFADE, repeat=True),
        level=Decibels(0.0),
        look={},
        light_fade=Seconds(0.0),
        crossfade=CROSSFADE,
        end=EndKind.TIME,
        slack=Seconds(0.0),
        cues=(),
    )
