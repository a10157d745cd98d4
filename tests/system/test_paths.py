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
