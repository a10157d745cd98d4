"""Who has a room."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kacenv.core.errors import DaemonError
from kacenv.system.room_lock import DAEMON, PLAYER, SUPERVISOR, claim, holder, is_claimed


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rooms of this test alone."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path / "run"))


@pytest.mark.parametrize("who", [DAEMON, SUPERVISOR])
def test_a_room_is_claimed_as_long_as_somebody_has_it(who: str) -> None:
    """By its daemon, or by the supervisor that will start another."""
    assert not is_claimed("garden")
    with claim("garden", who):
        assert is_claimed("garden")
        assert not is_claimed("lake")
    assert not is_claimed("garden")


def test_who_holds_a_lock_is_known() -> None:
    """By its process id, while it does."""
    assert holder("garden", PLAYER) is None
    with claim("garden", PLAYER):
        assert holder("garden", PLAYER) == os.getpid()
        assert holder("garden", DAEMON) is None
        assert not is_claimed("garden")
    assert holder("garden", PLAYER) is None


def test_a_second_claim_is_refused_in_words() -> None:
    """Two daemons in one room would be two musics."""
    with claim("garden"), pytest.raises(DaemonError, match="already being run"), claim("garden"):
        pass


def test_a_refusal_may_have_words_of_its_own() -> None:
    """A test signal is refused otherwise than a second daemon."""
    words = pytest.raises(DaemonError, match="no place in a session")
    with claim("garden"), words, claim("garden", refusal="A signal has no place in a session."):
        pass


def test_nobody_else_can_hold_a_lock(tmp_path: Path) -> None:
    """Neither a file that an older version left open to all, nor a new one."""
    (tmp_path / "run").mkdir(mode=0o755)
    (tmp_path / "run" / f"garden.{DAEMON}").touch(mode=0o644)
    for room in ("garden", "lake"):
        with claim(room) as folder:
            assert folder == tmp_path / "run"
            assert folder.stat().st_mode & 0o777 == 0o755
            assert (folder / f"{room}.{DAEMON}").stat().st_mode & 0o777 == 0o600


def test_a_new_folder_is_closed_to_others(tmp_path: Path) -> None:
    """Even where what the user makes is open to all."""
    before = os.umask(0)
    try:
        with claim("garden") as folder:
            assert folder == tmp_path / "run"
            assert folder.stat().st_mode & 0o777 == 0o755
    finally:
        os.umask(before)


def test_a_lock_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    """A link in its place is told, and what it leads to stays as it is."""
    (tmp_path / "run").mkdir(mode=0o755)
    (tmp_path / "note").touch(mode=0o644)
    (tmp_path / "run" / f"garden.{DAEMON}").symlink_to(tmp_path / "note")
    with pytest.raises(DaemonError, match="can't be opened"), claim("garden"):
        pass
    assert (tmp_path / "note").stat().st_mode & 0o777 == 0o644


def test_others_may_see_that_a_room_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever can't open its lock learns all the same whether somebody has it."""
    opened: Any = Path.open

    def refused(path: Path, *how: Any, **more: Any) -> Any:
        if path.suffix == f".{DAEMON}":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, *how, **more)

    with claim("garden"), monkeypatch.context() as stranger:
        stranger.setattr(Path, "open", refused)
        assert is_claimed("garden")
    monkeypatch.setattr(Path, "open", refused)
    assert not is_claimed("garden")


def test_a_claim_ends_with_its_process() -> None:
    """However it ends: nothing needs to be cleared away after a power cut."""
    words = "import time; from kacenv.system.room_lock import claim; mine = claim('garden'); "
    words += "mine.__enter__(); print('mine', flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", words], stdout=subprocess.PIPE, env=dict(os.environ)
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"mine\n"
        assert is_claimed("garden")
        other.kill()
        other.wait()
    assert not is_claimed("garden")


def test_a_fork_keeps_no_lock() -> None:
    """A daemon that outlives its supervisor doesn't keep the supervisor's place taken."""
    code = (
        "import os, signal; from kacenv.system.room_lock import *\n"
        "with claim('garden', SUPERVISOR):\n"
        "    if os.fork(): os.kill(os.getpid(), signal.SIGKILL)\n"
        "    print('lives', flush=True); os.read(0, 1)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"lives\n"
        process.wait()
        assert not is_claimed("garden")
