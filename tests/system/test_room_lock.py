"""Who has a room."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kacenv.core.errors import DaemonError
from kacenv.system.room_lock import DAEMON, SUPERVISOR, claim, is_claimed


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


def test_a_second_claim_is_refused_in_words() -> None:
    """Two daemons in one room would be two musics."""
    with claim("garden"), pytest.raises(DaemonError, match="already being run"), claim("garden"):
        pass


def test_a_refusal_may_have_words_of_its_own() -> None:
    """A test signal is refused otherwise than a second daemon."""
    words = pytest.raises(DaemonError, match="no place in a session")
    with claim("garden"), words, claim("garden", refusal="A signal has no place in a session."):
        pass


def test_others_may_see_that_a_room_is_taken(tmp_path: Path) -> None:
    """Folder and lock can be read by every user of the machine."""
    with claim("garden") as folder:
        assert folder == tmp_path / "run"
        assert folder.stat().st_mode & 0o777 == 0o755
        assert (folder / f"garden.{DAEMON}").stat().st_mode & 0o777 == 0o644


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
