"""A small house with music of its own making."""

import shutil
from pathlib import Path

import pytest
from support.houses import write_silence

from kacenv.config import House

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house without faults in the current folder, with ten-minute tracks and traps."""
    root = tmp_path / "house"
    shutil.copytree(DATA / "house", root)
    music = root / "playlists" / "music"
    write_silence(music / "evening.wav", 600, rate=100)
    write_silence(music / "morning.wav", 600, rate=100)
    (music / "notes.txt").write_text("Bring flowers.\n")
    (music / "picture.opus").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)
    secret = write_silence(root / "private" / "secret.wav", 600, rate=100)
    (music / "link.wav").symlink_to(secret)
    monkeypatch.chdir(root)
    monkeypatch.delenv("KACENV_HOUSE", raising=False)
    monkeypatch.setenv("KACENV_CACHE", str(tmp_path / "cache"))
    return House(root)
