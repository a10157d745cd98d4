"""What isn't music is called what it is."""

from pathlib import Path

import pytest

from kacenv.analysis.refusals import what_it_is


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\n <!DOCTYPE HTML>\n<html>", "web page"),
        (b"<html lang=en>", "web page"),
        (b"Bring flowers.\n", "text"),
        ("Größe, schön\n".encode() * 100, "text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "picture"),
        (b"\xff\xd8\xff\xe0" + bytes(64), "picture"),
        (b"PK\3\4" + bytes(64), "unpack it first"),
        (b"bplist00" + bytes(64), "stand-in of a cloud"),
        (b"#EXTM3U\nhttp://127.0.0.1/a.ogg\n", "playlist"),
        (bytes(4096), "zeros"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
    ],
)
def test_what_a_file_is_instead(tmp_path: Path, content: bytes, words: str) -> None:
    """By its first bytes, whatever its name."""
    file = tmp_path / "a.mp3"
    file.write_bytes(content)
    assert words in (what_it_is(file) or "")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\xfe\xdc" * 200])
def test_what_nobody_knows_has_no_words(tmp_path: Path, content: bytes) -> None:
    """An empty file, strange bytes, and a file that isn't there."""
    file = tmp_path / "a.mp3"
    file.write_bytes(content)
    assert what_it_is(file) is None
    assert what_it_is(tmp_path / "away.mp3") is None
