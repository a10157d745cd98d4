"""Only files are opened, and nobody is waited for."""

import os
from pathlib import Path

import pytest

from kacenv.system.regular_file import NotAFileError, read_regular


def handles() -> list[str]:
    """What this process holds open."""
    return sorted(path.name for path in Path("/proc/self/fd").iterdir())


def test_a_file_is_read(tmp_path: Path) -> None:
    """By its own name or a link's."""
    (tmp_path / "note").write_bytes(b"a")
    (tmp_path / "link").symlink_to("note")
    assert read_regular(tmp_path / "note") == read_regular(tmp_path / "link") == b"a"


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    """A pipe, a device, a folder; and no descriptor of it stays open."""
    os.mkfifo(tmp_path / "pipe")
    before = handles()
    for path, words in (
        (tmp_path / "pipe", "a device or a pipe"),
        (Path("/dev/zero"), "a device or a pipe"),
        (tmp_path, "a folder"),
    ):
        with pytest.raises(NotAFileError) as told:
            read_regular(path)
        assert words in (told.value.strerror or "")
    assert handles() == before
