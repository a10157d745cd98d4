"""The folders in which rooms keep things."""

import os
from pathlib import Path

import pytest

from kacenv.core.errors import DaemonError
from kacenv.system import paths


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """Return a folder that belongs neither to root nor to who asks."""
    if os.getuid() == 0:
        os.chown(tmp_path, 1234, -1)
    return tmp_path


def test_root_reads_that_a_service_keeps_the_rooms(
    strange: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the service starts, root is told to wait, and never to remove its folder."""
    monkeypatch.delenv("KACENV_RUN", raising=False)
    monkeypatch.setattr(paths, "_SERVICE", strange)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(DaemonError, match="wait a moment") as told:
        paths.run_folder()
    assert "emove" not in str(told.value)


def test_a_strangers_folder_is_not_used(strange: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever made the folder could listen, so another one is asked for."""
    monkeypatch.setenv("KACENV_RUN", str(strange))
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    with pytest.raises(DaemonError, match="KACENV_RUN"):
        paths.run_folder()


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who isn't root, without a session's folder; return the home."""
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    monkeypatch.setattr(os, "getuid", lambda: 4321)
    for name in ("KACENV_RUN", "XDG_RUNTIME_DIR", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_rooms_are_where_nobody_else_can_be_first(user: Path) -> None:
    """Without a session's folder, sockets are in the user's home, never in /tmp."""
    assert paths.run_folder() == user / ".local/state/kacenv-run"


def test_no_order_goes_to_a_strangers_room(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of another user, one that others can write to, or a link is left out, and told."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(user))
    folder = user / "kacenv"
    assert folder not in paths.run_folders()
    folder.mkdir(mode=0o755)
    owner = folder.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner or 4321)
    assert folder in paths.run_folders()
    assert paths.run_folder() == folder
    for spoil in (_open_to_all, _of_another, _a_link):
        spoil(folder, monkeypatch)
        assert folder not in paths.run_folders()
        with pytest.raises(DaemonError, match="Others could listen"):
            paths.run_folder()


def _open_to_all(folder: Path, _: pytest.MonkeyPatch) -> None:
    folder.chmod(0o775)


def _of_another(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.chmod(0o755)
    if folder.stat().st_uid == 0:
        os.chown(folder, 1234, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 4321)


def _a_link(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.rename(folder.with_name("real"))
    folder.symlink_to("real")
    owner = folder.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner)


def test_a_folder_that_was_named_may_be_anothers(
    user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who names a folder has chosen whose rooms to drive, but not that anybody may add one."""
    monkeypatch.setenv("KACENV_RUN", str(user))
    if user.stat().st_uid == 0:
        os.chown(user, 1234, -1)
    user.chmod(0o755)
    assert paths.run_folders() == [user]
    user.chmod(0o777)
    assert paths.run_folders() == []
