"""Files that a room file names: opened only if they are files, and as private as they must be."""

import os
from pathlib import Path

import pytest

from kacenv.system.setting_file import (
    MOST_BYTES,
    UnfitFileError,
    read_private,
    require_readable,
)


def test_a_private_file_is_read(tmp_path: Path) -> None:
    """By its owner, and by a group that its owner has chosen."""
    path = tmp_path / "password"
    path.write_bytes(b"geheim\n")
    for mode in (0o600, 0o640, 0o400):
        path.chmod(mode)
        assert read_private(path) == b"geheim\n"


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o601])
def test_one_that_others_reach_is_not(tmp_path: Path, mode: int) -> None:
    """Whoever else may read it, write it or run it."""
    path = tmp_path / "password"
    path.write_bytes(b"geheim\n")
    path.chmod(mode)
    with pytest.raises(UnfitFileError, match="others on this machine"):
        read_private(path)


def test_what_has_no_end_or_no_beginning_is_not_waited_for(tmp_path: Path) -> None:
    """A device, a pipe, a folder, a socket's place and a name that no file can have."""
    os.mkfifo(tmp_path / "pipe")
    for path, words in (
        (Path("/dev/zero"), "device or a pipe"),
        (tmp_path / "pipe", "device or a pipe"),
        (tmp_path, "a folder"),
        (tmp_path / "gone", "No such file"),
        (Path("a\0b"), "no file can have"),
        (tmp_path / ("x" * 300), "too long"),
    ):
        with pytest.raises(UnfitFileError, match=words) as refused:
            require_readable(path)
        assert not refused.value.is_denied


def test_a_long_one_is_not_read_whole(tmp_path: Path) -> None:
    """No password has more than 64 kB."""
    path = tmp_path / "password"
    path.touch(0o600)
    os.truncate(path, MOST_BYTES + 1)
    with pytest.raises(UnfitFileError, match="64 kB"):
        read_private(path)


def test_another_users_file_may_be_right_for_that_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What this user may not read is told from what nobody can."""

    def refuse(path: Path, *_: object) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    path = tmp_path / "password"
    path.touch(0o600)
    monkeypatch.setattr(os, "open", refuse)
    for user, is_denied in ((path.stat().st_uid, False), (path.stat().st_uid + 1, True)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        with pytest.raises(UnfitFileError, match="Permission denied") as refused:
            require_readable(path)
        assert refused.value.is_denied is is_denied
