"""A file is replaced as a whole, or not at all."""

import os
from pathlib import Path

import pytest

from kacenv.system.atomic_write import atomic_write


def test_a_reader_sees_the_old_content_until_the_new_is_whole(tmp_path: Path) -> None:
    """The file changes at the end alone, gets its mode, and nothing else stays in the folder."""
    path = tmp_path / "keys.json"
    path.write_text("old")
    with atomic_write(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_old_file(tmp_path: Path) -> None:
    """What was half written is removed, and the error is told."""
    path = tmp_path / "keys.json"
    path.write_text("old")
    with pytest.raises(OSError, match="Invalid argument"), atomic_write(path) as file:
        file.truncate(-1)
    assert [one.read_text() for one in tmp_path.iterdir()] == ["old"]


def test_a_named_draft_is_neither_kept_nor_followed(tmp_path: Path) -> None:
    """A link that stands at the draft's name is removed, and what it leads to is left alone."""
    other = tmp_path / "other"
    other.write_text("mine")
    (tmp_path / "page.html.new").symlink_to(other)
    folder = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with atomic_write(Path("page.html"), draft="page.html.new", folder=folder) as file:
            file.write(b"new")
    finally:
        os.close(folder)
    assert other.read_text() == "mine"
    assert {one.name for one in tmp_path.iterdir()} == {"other", "page.html"}
    assert (tmp_path / "page.html").read_text() == "new"
