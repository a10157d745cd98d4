"""A small house with music of its own making."""

import shutil
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from kacenv.config import House

DATA = Path(__file__).parents[1] / "data"


def silence(path: Path, seconds: int) -> Path:
    """A silent WAV file, small because it has only a hundred samples a second."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(100)
        sound.writeframes(b"\x80" * 100 * seconds)
    return path


@pytest.fixture
def write_silence() -> Callable[[Path, int], Path]:
    """Writes a silent WAV file of so many seconds at a path."""
    return silence


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house without faults in the current folder, with ten-minute tracks and traps."""
    root = tmp_path / "house"
    shutil.copytree(DATA / "house", root)
    music = root / "playlists" / "music"
    silence(music / "evening.wav", 600)
    silence(music / "morning.wav", 600)
    (music / "notes.txt").write_text("Bring flowers.\n")
    (music / "picture.opus").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)
    secret = silence(root / "private" / "secret.wav", 600)
    (music / "link.wav").symlink_to(secret)
    monkeypatch.chdir(root)
    monkeypatch.delenv("KACENV_HOUSE", raising=False)
    monkeypatch.setenv("KACENV_CACHE", str(tmp_path / "cache"))
    return House(root)
