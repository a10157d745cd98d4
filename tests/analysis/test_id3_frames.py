"""The two frames of an ID3v2 tag that FFmpeg passes over."""

from pathlib import Path

import pytest

from kacenv.analysis.id3_frames import extra_tags

ADDRESS = b"https://creativecommons.org/licenses/by/4.0/"
FOUND = {"wcop": ADDRESS.decode(), "sylt": "timed"}


def synchsafe(number: int) -> bytes:
    """A size in seven bits of each byte."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def frame(name: bytes, body: bytes, version: int) -> bytes:
    """A frame as version 2.3 or 2.4 writes it."""
    size = synchsafe(len(body)) if version == 4 else len(body).to_bytes(4, "big")
    return name + size + bytes(2) + body


def tag(version: int) -> bytes:
    """A tag with a picture, which is longer than 127 bytes, an address and timed lyrics."""
    frames = frame(b"APIC", bytes(300), version) + frame(b"WCOP", ADDRESS + b"\0junk", version)
    frames += frame(b"SYLT", b"\3eng", version) + bytes(100)
    return b"ID3" + bytes([version, 0, 0]) + synchsafe(len(frames)) + frames


@pytest.mark.parametrize("version", [3, 4])
def test_frames_are_found_in_either_version(tmp_path: Path, version: int) -> None:
    """Behind frames of any length, whose sizes the versions write differently."""
    file = tmp_path / "a.mp3"
    file.write_bytes(tag(version) + b"\xff\xfb" + bytes(100))
    assert extra_tags(file) == FOUND


@pytest.mark.parametrize(("start", "order"), [(b"RIFF", "little"), (b"FORM", "big")])
def test_tags_in_chunks_are_found(tmp_path: Path, start: bytes, order: str) -> None:
    """Of WAV and AIFF files, behind chunks of odd length."""
    big = order == "big"

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            name + len(body).to_bytes(4, "big" if big else "little") + body + bytes(len(body) % 2)
        )

    file = tmp_path / "a"
    file.write_bytes(start + bytes(8) + chunk(b"data", bytes(7)) + chunk(b"ID3 ", tag(4)))
    assert extra_tags(file) == FOUND


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"ID3", b"fLaC" + bytes(50), b"RIFF" + bytes(4000), b"RIFF" + b"\xff" * 40),
        *(tag(4)[:40], tag(2), b"ID3\4\0\0\x7f\x7f\x7f\x7fWCOP\x7f\x7f\x7f\x7f"),
    ],
)
def test_damage_ends_the_search(tmp_path: Path, content: bytes) -> None:
    """Torn and odd tags have nothing to tell, and hold nobody up."""
    file = tmp_path / "a.mp3"
    file.write_bytes(content)
    assert extra_tags(file) == {}
