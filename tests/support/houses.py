"""Houses made for a test: a room, a scene and playlists in a folder."""

import wave
from collections.abc import Sequence
from pathlib import Path

FOREIGN_MUSIC = next(Path("/usr/share/games/wesnoth").glob("*/data/core/music"))
"""Music of a Debian package that nobody here made, of whatever version."""


def foreign_pieces() -> list[Path]:
    """Return its forty pieces; one file is silence."""
    return sorted(set(FOREIGN_MUSIC.glob("*.ogg")) - {FOREIGN_MUSIC / "silence.ogg"})


def write_house(house: Path, **files: str) -> Path:
    """A house with these files; `rooms__bench` is `rooms/bench.yaml`."""
    for name, text in files.items():
        path = house / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for folder in ("rooms", "scenes", "playlists"):
        (house / folder).mkdir(parents=True, exist_ok=True)
    return house


def silent_house(house: Path) -> Path:
    """A house with one room and nothing to play."""
    return write_house(house, rooms__bench=_ROOM)


def musical_house(house: Path, files: Sequence[Path], crossfade: float = 6.0) -> Path:
    """A house whose scene `bench` plays these files for an hour."""
    tracks = "".join(
        f"  - {{file: '{file}', title: '{file.stem}', artist: x, licence: x, instrumental: yes}}\n"
        for file in files
    )
    playlist = f"title: Bench\nrepeat: yes\ncrossfade: {crossfade:g}s\ntracks:\n{tracks}"
    scene = "title: Bench\nphases:\n  - {name: peak, duration: 1h, playlist: bench}\n"
    room = f"{_ROOM}music_root: {files[0].parent}\n"
    return write_house(house, rooms__bench=room, scenes__bench=scene, playlists__bench=playlist)


_ROOM = "name: bench\noutputs:\n  - {id: speakers, role: speakers}\n"


def quiet_house(house: Path, seconds: float = 60.0, /, **files: str) -> Path:
    """A house with these files, and a playlist `quiet` of one silent piece, again and again."""
    write_house(house, playlists__quiet=_QUIET, **files)
    write_silence(house / "playlists/quiet.wav", seconds)
    return house


_QUIET = """title: Quiet
repeat: yes
tracks:
  - {file: quiet.wav, title: Still, artist: Nobody, licence: CC0, instrumental: yes}
"""


def write_silence(path: Path, seconds: float, rate: int = 8000) -> Path:
    """A WAV file of silence, for what only needs a length; at a low rate it is small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(bytes(2 * round(rate * seconds)))
    return path
