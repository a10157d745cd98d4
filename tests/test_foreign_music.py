"""Music that nobody here made: a Debian package's Ogg files, and other formats made from one."""

import subprocess
import time
from pathlib import Path

import pytest
from support.daemon import Daemon
from support.houses import FOREIGN_MUSIC, write_house

SOURCE = FOREIGN_MUSIC / "elvish-theme.ogg"
FORMATS = {
    "mp3": ["libmp3lame"],
    "flac": ["flac"],
    "m4a": ["aac"],
    "opus": ["libopus"],
}
LONG = 6.0
"""A phase for each file, in seconds."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house whose scene plays the Ogg file and each format made from it, a phase each."""
    folder = tmp_path_factory.mktemp("house")
    for suffix, codec in FORMATS.items():
        target = folder / f"playlists/made.{suffix}"
        target.parent.mkdir(exist_ok=True)
        command: list[str | Path] = ["ffmpeg", "-v", "error", "-i", SOURCE, "-t", "20", "-vn"]
        subprocess.run([*command, "-c:a", *codec, target], check=True)
    files = {"ogg": str(SOURCE)} | {suffix: f"made.{suffix}" for suffix in FORMATS}
    playlists = {f"playlists__{suffix}": _playlist(suffix, file) for suffix, file in files.items()}
    phases = "".join(
        f"  - {{name: {suffix}, duration: {LONG:g}s, playlist: {suffix}, crossfade: 1s}}\n"
        for suffix in files
    )
    return write_house(
        folder,
        rooms__r=f"name: r\nmusic_root: {FOREIGN_MUSIC}\n"
        "outputs:\n  - {id: speakers, role: speakers}\n",
        scenes__s=f"title: Foreign music\nphases:\n{phases}",
        **playlists,
    )


def _playlist(suffix: str, file: str) -> str:
    """The stretch from 5 s to 15 s of a file, called after its format."""
    track = f"{{file: '{file}', title: {suffix}, artist: x, licence: GPL-2.0-or-later,"
    return f"title: {suffix}\ntracks:\n  - {track} instrumental: yes, cue_in: 5s, cue_out: 15s}}\n"


def test_every_format_plays(house: Path) -> None:
    """Ogg, MP3, FLAC, M4A and Opus are each heard while their phase lasts, with nothing to tell."""
    loudest: dict[str, float] = {}
    with Daemon(house, "r") as daemon:
        daemon.told("start", "s")
        while (status := daemon.ask_status())["session"]["phase"] is not None:
            session = status["session"]
            if session["playing"] and session["in_phase"] > LONG / 2:
                title, level = session["playing"]["title"], status["meters"]["speakers"][0]
                loudest[title] = max(loudest.get(title, -120.0), level)
            told = [entry["text"] for entry in status["told"]]
            time.sleep(0.1)
    print({title: f"{level:.0f} dBFS" for title, level in loudest.items()})
    assert set(loudest) == {"ogg", *FORMATS}
    assert min(loudest.values()) > -50
    assert not [text for text in told if "passed over" in text]
