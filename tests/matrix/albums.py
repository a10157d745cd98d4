"""Albums without gaps: noise cut in two files, whose second goes on where the first one ends."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from support.houses import write_house
from support.judges import ROOM, SCENE
from support.simulated_room import untimed
from support.simulated_session import SimulatedSession
from support.telling import Clock, Wave, ffmpeg, telling_noise, write_noise

from kacenv.analysis import MeasurementCache
from kacenv.analysis.scan import scan
from kacenv.config import House, load_room, load_session
from kacenv.devices.audio.samples import RATE, Block
from matrix.section import Cell, Row, Section, yes_or

_KINDS: Final = {
    "WAV": ("wav",),
    "FLAC": ("flac",),
    "MP3": ("mp3", "-c:a", "libmp3lame", "-b:a", "256k"),
    "M4A with AAC": ("m4a", "-c:a", "aac", "-b:a", "256k"),
    "Opus": ("opus", "-c:a", "libopus", "-b:a", "256k"),
    "Ogg Vorbis": ("ogg", "-c:a", "libvorbis"),
}
_LIST: Final = "title: Album\ncrossfade: 0s\ntracks:\n" + "".join(
    f"  - {{{{file: {number}.{{0}}, title: x, artist: x, licence: x, instrumental: yes}}}}\n"
    for number in (1, 2)
)
_JOIN: Final = 15.0
_EXACT: Final = 0.001
"""Most by which the second file may begin too early or too late (s)."""
_WINDOW: Final = 480
"""Frames of 10 ms."""
_AROUND: Final = 10
"""How many of them before the join, and after it, are looked at."""
_LEVEL: Final = 3.0
"""Most by which a window at the join may be louder or softer than those of the noise (dB)."""


def _rows(folder: Path) -> Iterator[Row]:
    noise, clock = write_noise(folder), Clock()
    houses = [_album(folder / ending, noise, *options) for ending, *options in _KINDS.values()]
    with MeasurementCache() as cache:
        list(scan((path for house in houses for path in house.glob("playlists/[12].*")), cache))
    for words, house in zip(_KINDS, houses, strict=True):
        heard = asyncio.run(_heard(House(house)))
        yield Row(f"{words}, with `crossfade: 0s`", (_place(heard, clock), _level(heard, clock)))


def _album(root: Path, noise: Path, *options: str) -> Path:
    texts = {"rooms__bench": ROOM, "scenes__bench": SCENE.format("album", "25s")}
    house = write_house(root, **texts, playlists__album=_LIST.format(root.name))
    one, two = (house / f"playlists/{number}.{root.name}" for number in (1, 2))
    ffmpeg("-t", f"{_JOIN}", "-i", noise, *options, one)
    ffmpeg("-ss", f"{_JOIN}", "-i", noise, *options, two)
    return house


async def _heard(house: House) -> Block:
    """Return what is heard of an album from three seconds before its join to three after."""
    with untimed():
        life = SimulatedSession(load_room(house, "bench"))
        await life.begin(load_session(house, "bench", "bench"))
        try:
            await life.play(_JOIN - 3.0)
            return await life.play(6.0)
        finally:
            await life.end()


def _place(heard: Block, clock: Clock) -> Cell:
    """Return if the second file goes on where the first one is by then."""
    before, after = (clock.place(heard[round(at * RATE) :][:RATE, 0]) for at in (0.0, 4.5))
    off = after - before - 4.5
    return yes_or("" if abs(off) <= _EXACT else f"{1000 * off:+.0f} ms")


def _level(heard: Block, clock: Clock) -> Cell:
    """Return if each 10 ms around the join is as loud as that of the noise, as the rest is."""
    first = round(clock.place(heard[:RATE, 0]) * RATE)
    join = (round(_JOIN * RATE) - first) // _WINDOW
    noise = telling_noise()[first : first + len(heard)]
    differs = _levels(heard[:, 0].astype(np.float64)) - _levels(noise)
    off = (differs - np.median(differs))[join - _AROUND : join + _AROUND]
    worst = float(off[np.abs(off).argmax()])
    return yes_or("" if abs(worst) <= _LEVEL else f"{worst:+.0f} dB for 10 ms")


def _levels(sound: Wave) -> Wave:
    """Return the level (dB) of each 10 ms."""
    windows = sound[: len(sound) // _WINDOW * _WINDOW].reshape(-1, _WINDOW)
    levels: Wave = 10 * np.log10(np.square(windows).mean(axis=1) + 1e-12)
    return levels


SECTION: Final = Section(
    "Albums without gaps",
    """The noise is cut in two files. The second is ✓ if it begins at the very millisecond at which
the first one ends, and the level if no moment at the join is louder or softer than the noise.""",
    ("album", "the second begins", "level at the join"),
    tuple(f"{words}, with `crossfade: 0s`" for words in _KINDS),
    _rows,
)
