from pathlib import Path

import pytest

from kacenv.analysis.file_type import kind_of
from kacenv.analysis.foreign_types import foreign_type, is_called_music, locked_by
from kacenv.core.errors import DeviceError

STARTS = {
    "Shorten": b"ajkg\2\0",
    "OptimFROG": b"OFR \x0f",
    "RealAudio": b".ra\xfd\0\4",
    "AMR": b"#!AMR\n",
    "MIDI notes": b"MThd\0\0\0\6",
}


@pytest.mark.parametrize(("name", "head"), STARTS.items())
def test_content_comes_before_the_suffix(tmp_path: Path, name: str, head: bytes) -> None:
    """A file is what it begins with, whatever it is called; kacenv plays none of these."""
    assert foreign_type(head, ".mp3") == name
    (tmp_path / "x.mp3").write_bytes(head)
    with pytest.raises(DeviceError):
        kind_of(str(tmp_path / "x.mp3"))


@pytest.mark.parametrize(("suffix", "name"), [(".SHN", "Shorten"), (".oma", "ATRAC")])
def test_a_suffix_tells_what_content_does_not(suffix: str, name: str) -> None:
    """An empty or torn file is named by its suffix, in letters of any size."""
    assert foreign_type(b"", suffix) == name


@pytest.mark.parametrize(
    ("head", "suffix", "name"),
    [
        (b"\0\0\0\x20ftypM4P ", ".m4a", "Apple"),
        (b"\0\0\0\x20ftypaax ", ".m4b", "Audible"),
        (b"", ".AA", "Audible"),
        (b"\0\0\0\x20ftypM4A ", ".m4a", ""),
        (b"M4P M4P M4P ", ".wav", ""),
    ],
)
def test_locked_files_are_told(head: bytes, suffix: str, name: str) -> None:
    """A shop's lock is known by the suffix, or by what the file says of itself."""
    assert locked_by(head, suffix) == name


@pytest.mark.parametrize("suffix", [".flac", ".MP3", ".jpg", ""])
def test_other_files_have_no_name(suffix: str) -> None:
    """What kacenv plays, and what isn't music, is no foreign type."""
    assert foreign_type(b"fLaC", suffix) == ""
    assert is_called_music(suffix) is (suffix in {".flac", ".MP3"})
