from pathlib import Path

import pytest

from kacenv.config.transfer.new_file import new_file


def test_a_file_is_written_once(tmp_path: Path) -> None:
    """What is written stays, and is never overwritten."""
    with new_file(tmp_path / "x") as file:
        file.write(b"first")
    with pytest.raises(FileExistsError), new_file(tmp_path / "x") as file:
        file.write(b"second")
    assert (tmp_path / "x").read_bytes() == b"first"


def test_half_a_file_goes_again(tmp_path: Path) -> None:
    """Where writing breaks off, nothing is left that would stand in the way of another try."""
    with pytest.raises(TypeError), new_file(tmp_path / "x") as file:
        file.writelines([b"half", None])  # type: ignore[list-item]  # breaks off after the first
    assert not (tmp_path / "x").exists()


def test_a_disk_that_is_full_at_the_end_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a buffer held back is written before the file counts as whole."""
    full = Path("/dev/full")
    opened = Path.open
    monkeypatch.setattr(Path, "open", lambda path, mode: opened(full, "wb", 64) if mode else path)
    (tmp_path / "x").touch()
    with pytest.raises(OSError, match="No space left"), new_file(tmp_path / "x") as file:
        file.write(b"short")
    assert not (tmp_path / "x").exists()
