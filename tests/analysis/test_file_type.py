from pathlib import Path

import pytest

from kacenv.analysis.file_type import kind_of
from kacenv.core.errors import DeviceError

HEADS = [
    (b"RIFF\0\0\0\0WAVE", "wav"),
    (b"RF64\xff\xff\xff\xff", "wav"),
    (b"FORM\0\0\0\0AIFF", "aiff"),
    (b"fLaC\0", "flac"),
    (b"OggS\0", "ogg"),
    (b"ID3\4", "mpeg"),
    (b"\xff\xfb\x90", "mpeg"),
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"\0\0\0\x20ftypM4A ", "mp4"),
]


@pytest.mark.parametrize(("head", "kind"), HEADS)
def test_kind_is_read_from_the_beginning(tmp_path: Path, head: bytes, kind: str) -> None:
    """What a file is called doesn't matter, only how it begins."""
    file = tmp_path / "file.txt"
    file.write_bytes(head)
    assert kind_of(str(file)) == kind


@pytest.mark.parametrize("head", [b"#EXTM3U\n", b"<?xml", b"[playlist]", b"http://", b"\xff"])
def test_playlists_are_not_music(tmp_path: Path, head: bytes) -> None:
    """Nothing that could lead a decoder to the network is let through."""
    file = tmp_path / "file.mp3"
    file.write_bytes(head)
    with pytest.raises(DeviceError, match="isn't music"):
        kind_of(str(file))
