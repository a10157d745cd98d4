import struct
from pathlib import Path

import pytest

from kacenv.analysis.file_type import FILE_TYPES, extent_of, kind_of, open_file
from kacenv.core.errors import DeviceError

FRAME = b"\xff\xfb\x90\x64" + bytes(413)
"""Frame of an MP3 at 128 kbit/s and 44.1 kHz."""
MP3 = FRAME * 6
ADTS = (b"\xff\xf1\x50\x80\x10\x1f\xfc" + bytes(121)) * 6
HEADS = [
    (b"RIFF\0\0\0\0WAVE", "wav"),
    (b"RF64\xff\xff\xff\xff", "wav"),
    (b"BW64\xff\xff\xff\xff", "wav"),
    (b"riff\x2e\x91\xcf\x11", "w64"),
    (b"FORM\0\0\0\0AIFF", "aiff"),
    (b"FORM\0\0\0\0AIFC", "aiff"),
    (b"caff\0\x01\0\0", "caf"),
    (b"fLaC\0", "flac"),
    (b"OggS\0", "ogg"),
    (MP3, "mpeg"),
    (b"\xff\xfd\x90\x64" + bytes(518), "mpeg"),
    (ADTS, "aac"),
    (b"\x0b\x77\0\0\0\x40", "ac3"),
    (b"\x0b\x77\0\0\0\x80", "eac3"),
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"\0\0\0\x20ftypM4A ", "mp4"),
    (b"\0\0\0\x08wide\0\0\0\0mdat", "mp4"),
    (b"wvpk", "wavpack"),
    (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "asf"),
]
ID3 = b"ID3\x04\0\0\0\0\x02\0" + bytes(256)
APE_HEAD = b"APETAGEX" + struct.pack("<IIII", 2000, 72, 1, 0xA0000000) + bytes(8)
APE = APE_HEAD + bytes(40) + APE_HEAD.replace(b"\xa0", b"\x80")
V1 = b"TAG" + bytes(125)
NO_MUSIC = [
    b"#EXTM3U\n",
    b"<?xml",
    b"[playlist]",
    b"http://",
    b"\xff",
    b"\xff\xfe#\0E\0X\0T\0M\0",
    b"RIFF\0\0\0\0AVI LIST" + MP3,
    b"PK\x03\x04" + MP3,
    b"\xff\xfb\x90\x64" + bytes(100),
    ID3 + b"#EXTM3U\nhttp://",
    b"\0\0\0\x07ftyptext",
    bytes(5000),
]


def written(tmp_path: Path, content: bytes) -> Path:
    """Write a file whose name says nothing."""
    file = tmp_path / "file.txt"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(("head", "kind"), HEADS)
def test_kind_is_read_from_the_beginning(tmp_path: Path, head: bytes, kind: str) -> None:
    """What a file is called doesn't matter, only how it begins."""
    assert kind_of(str(written(tmp_path, head))) == kind
    assert FILE_TYPES[kind].name == kind


@pytest.mark.parametrize("content", NO_MUSIC)
def test_playlists_are_not_music(tmp_path: Path, content: bytes) -> None:
    """Nothing that could lead a decoder to the network, and no other junk, is let through."""
    with pytest.raises(DeviceError, match="isn't music"):
        kind_of(str(written(tmp_path, content)))


@pytest.mark.parametrize(
    "front", [b"", ID3, ID3 + ID3, APE, V1, ID3 + APE, bytes(3000), b"junk" * 9]
)
def test_sound_is_found_behind_tags_and_junk(tmp_path: Path, front: bytes) -> None:
    """The sound begins at its first frame, whatever stands before, and ends before tags."""
    with open_file(str(written(tmp_path, front + MP3 + APE + V1))) as file:
        extent = extent_of(file)
    assert (extent.kind.name, extent.start) == ("mpeg", len(front))
    assert extent.end == len(front) + len(MP3)


def test_a_tag_is_no_kind(tmp_path: Path) -> None:
    """An ID3 tag is found before other kinds than MP3, too."""
    assert kind_of(str(written(tmp_path, ID3 + b"fLaC\0\0\0\x22" + bytes(100)))) == "flac"


def test_a_tag_longer_than_its_file_hides_nothing(tmp_path: Path) -> None:
    """A tag with a wrong length is searched through for frames."""
    wrong = b"ID3\x04\0\0\x7f\x7f\x7f\x7f"
    assert kind_of(str(written(tmp_path, wrong + MP3))) == "mpeg"


@pytest.mark.parametrize(
    ("path", "says"), [("x.mp3", "absolute"), ("/no/x.mp3", "isn't there"), ("/", "isn't there")]
)
def test_only_files_that_are_there_are_opened(path: str, says: str) -> None:
    """Paths without a beginning, missing files and folders are refused."""
    with pytest.raises(DeviceError, match=says):
        kind_of(path)


def test_an_empty_file_is_called_that(tmp_path: Path) -> None:
    """A copy that failed is told from what isn't music."""
    with pytest.raises(DeviceError, match="empty"):
        kind_of(str(written(tmp_path, b"")))
