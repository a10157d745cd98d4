"""Clinics of any size, with music of next to no bytes whose measurements are in the cache."""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from support.houses import write_house, write_silence
from support.measurements import a_measurement, a_verdict

from kacenv.analysis import MeasurementCache
from kacenv.analysis.measurement_cache import FileStamp, cache_folder, row_of
from kacenv.config import House
from kacenv.core.units import Decibels, Seconds

PHASES = ("settle", "onset", "build", "peak", "descent", "return", "integration")
_LENGTH = Seconds(240.0)
_ROOM = """\
name: room-{number}
outputs:
  - {{id: speakers, role: speakers}}
broker: {{host: 127.0.0.1}}
lights:
  - {{id: seat, dialect: zigbee2mqtt, topic: zigbee2mqtt/seat, zone: seats, can: [level, kelvin]}}
looks:
  dusk: {{seats: 16% 2400 K}}
safe_light: {{seats: 70%}}
"""
_PHASE = """\
  - name: {name}
    duration: {minutes}m
    playlist: {playlist}
    light: dusk
    light_fade: 2m
    end: track
    window: 3m
"""
_TRACK = """\
  - file: music/{number}.wav
    title: Piece {number}
    artist: Nobody
    licence: CC0-1.0
    instrumental: yes
    energy: {energy}
"""


def make_clinic(root: Path, scenes: int, playlists: int, tracks: int) -> House:
    """A clinic with two rooms; every track is measured, in the cache of `KACENV_CACHE`.

    The tracks are one file of four minutes under many names, as far as a disk allows.
    """
    files = _music(root / "playlists" / "music", tracks)
    _measure(files)
    texts = {f"rooms__{number}": _ROOM.format(number=number) for number in (1, 2)}
    each = tracks // playlists
    for number in range(playlists):
        listed = (
            _TRACK.format(number=at, energy=1 + at % 5)
            for at in range(number * each, (number + 1) * each)
        )
        head = f"title: List {number}\nrepeat: yes\ncrossfade: 12s\ntracks:\n"
        texts[f"playlists__list-{number}"] = head + "".join(listed)
    for number in range(scenes):
        texts[f"scenes__scene-{number}"] = _scene(number, playlists)
    return House(write_house(root, **texts))


def _scene(number: int, playlists: int) -> str:
    phases = (
        _PHASE.format(name=name, minutes=25, playlist=f"list-{(number * 7 + index) % playlists}")
        for index, name in enumerate(PHASES)
    )
    checks = "check_ins:\n  - {every: 10m, phases: [peak], prompt: Look in on both seats}\n"
    return f"title: Scene {number}\nphases:\n{''.join(phases)}overflow: list-0\n{checks}"


def _music(folder: Path, count: int) -> list[Path]:
    folder.mkdir(parents=True)
    first, files = folder / "0.wav", []
    write_silence(first, _LENGTH, rate=100)
    for number in range(count):
        path = folder / f"{number}.wav"
        if number:
            os.link(first, path)
        files.append(path)
    return files


def _measure(files: list[Path]) -> None:
    """Put a measurement of each file into the cache, all in one go."""
    with MeasurementCache() as cache:
        cache.known()  # which has its tables now
    rows = list(_rows(files))
    marks = ", ".join("?" * len(rows[0][0]))
    with closing(sqlite3.connect(cache_folder() / "music.sqlite")) as base, base:
        base.executemany(
            f"INSERT INTO sounds VALUES ({marks})",  # noqa: S608 - only marks
            [sound for sound, _ in rows],
        )
        base.executemany("INSERT INTO files VALUES (?, ?, ?, ?)", [file for _, file in rows])


def _rows(files: list[Path]) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
    for number, path in enumerate(files):
        content = secrets.token_bytes(64)
        sound = a_measurement(true_peak=Decibels(-3.0 - number / 1e4), duration=_LENGTH)
        yield (
            (content, *row_of(a_verdict(sound))),
            (os.fsencode(path.resolve()), *FileStamp.of(path), content),
        )
