"""Judging music, beside FFmpeg's `ebur128` filter on the same tracks, one core each."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from support.houses import FOREIGN_MUSIC

from kacenv.analysis.judge import judge

HOUSE = Path(__file__).parents[2] / "playlists" / "house"
TRACKS = 4
ROUNDS = 3


def report() -> Iterator[str]:
    """How many times faster than it plays music is judged, and measured by FFmpeg; the ratio."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield from _lines("Ogg Vorbis", sorted(FOREIGN_MUSIC.glob("k*.ogg"))[:TRACKS])
        yield from _lines("Opus", sorted(HOUSE.glob("*.opus"))[:TRACKS])
    finally:
        os.sched_setaffinity(0, cores)


def _lines(kind: str, tracks: list[Path]) -> Iterator[str]:
    ours = theirs = float("inf")
    for _ in range(ROUNDS):
        ours, theirs = min(ours, _kacenv(tracks)), min(theirs, _ffmpeg(tracks))
    verdicts = [judge(str(track)) for track in tracks]
    music = sum(one.sound.duration for one in verdicts if one.sound)
    yield f"{kind:<11} kacenv  {music / ours:5.0f} times real time"
    yield f"{kind:<11} FFmpeg  {music / theirs:5.0f} times real time"
    yield f"{kind:<11} ratio   {theirs / ours:5.2f} (above 1: kacenv is faster)"


def _kacenv(tracks: list[Path]) -> float:
    start = time.perf_counter()
    for track in tracks:
        judge(str(track))
    return time.perf_counter() - start


def _ffmpeg(tracks: list[Path]) -> float:
    start = time.perf_counter()
    for track in tracks:
        quiet = ["ffmpeg", "-hide_banner", "-nostats", "-loglevel", "error"]
        meter = ["-i", str(track), "-af", "ebur128=peak=true", "-f", "null", "-"]
        subprocess.run([*quiet, *meter], check=True)
    return time.perf_counter() - start
