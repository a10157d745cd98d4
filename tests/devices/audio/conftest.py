"""Music files and a sound server for the tests of sound."""

import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from support.ffmpeg import CODECS, MakeFile
from support.priority import ahead
from support.pulse import Pulse
from support.shared import once


@pytest.fixture(scope="session")
def make_file(tmp_path_factory: pytest.TempPathFactory) -> MakeFile:
    """Make a sound file: `make_file("mp3", "sine=440", span=2.0, rate=44100)`."""

    def make(kind: str, source: str = "sine=440", span: float = 2.0, rate: int = 44100) -> Path:
        command = ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", source]
        command += ["-t", str(span), "-ar", str(48000 if kind == "opus" else rate)]
        command += ["-ac", "2", "-c:a", CODECS[kind]]
        name = sha256(" ".join(command).encode()).hexdigest()

        def encode(folder: Path) -> Path:
            subprocess.run([*command, folder / f"sound.{kind}"], check=True)
            return folder / f"sound.{kind}"

        return once(tmp_path_factory, name, encode)

    return make


@pytest.fixture
def pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    """Start a stereo sound server for this process."""
    yield from _serving(Pulse(tmp_path), monkeypatch)


@pytest.fixture
def pulse_with_four_channels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    """Start a sound server whose device has four channels."""
    yield from _serving(Pulse(tmp_path, channels=4), monkeypatch)


@pytest.fixture
def two_amps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    """Start a sound server with two stereo devices, Left and Right."""
    yield from _serving(Pulse(tmp_path, sink="left", more=("right",)), monkeypatch)


@pytest.fixture
def no_sound_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide all sound servers from this process."""
    for name, value in Pulse(tmp_path / "nowhere").env.items():
        monkeypatch.setenv(name, value)


def _serving(pulse: Pulse, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    for name, value in pulse.env.items():
        monkeypatch.setenv(name, value)
    with pulse, ahead():
        yield pulse
