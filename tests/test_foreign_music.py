"""Music that nobody here made: a Debian package's Ogg files, and other formats made from one."""

import subprocess
import time
from pathlib import Path
from typing import Any

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
HEARD = -50.0
"""Decibels full scale at the least, where music plays."""
PATIENCE = 60.0


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
        f"  - {{name: {suffix}, duration: 10m, playlist: {suffix}, crossfade: 1s}}\n"
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
    """The stretch from 5 s to 15 s of a file, over and over, called after its format."""
    track = f"{{file: '{file}', title: {suffix}, artist: x, licence: GPL-2.0-or-later,"
    cues = "instrumental: yes, cue_in: 5s, cue_out: 15s}"
    return f"title: {suffix}\nrepeat: yes\ntracks:\n  - {track} {cues}\n"


def heard(status: Any, title: str) -> bool:
    """Return whether this piece plays, at its level, and can be heard."""
    session, (level, *_) = status["session"], status["meters"]["speakers"]
    playing = session["playing"] or {"title": None}
    return (playing["title"], session["in_phase"] > 1.0, level > HEARD) == (title, True, True)


def wait_until_heard(daemon: Daemon, title: str) -> None:
    """Look until a piece is heard."""
    deadline = time.monotonic() + PATIENCE
    while not heard(status := daemon.ask_status(), title):
        assert time.monotonic() < deadline, status
        time.sleep(0.1)


def test_every_format_plays(house: Path) -> None:
    """Ogg, MP3, FLAC, M4A and Opus are each heard in their phase, with nothing to tell."""
    with Daemon(house, "r") as daemon:
        daemon.run("start", "s")
        for title in ("ogg", *FORMATS):
            wait_until_heard(daemon, title)
            daemon.run("next", check=title != "opus")
        told = [entry["text"] for entry in daemon.ask_status()["told"]]
    assert not [text for text in told if "passed over" in text]
