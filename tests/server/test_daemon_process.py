"""A daemon that is not its supervisor's own: how it is adopted, and how its end is seen."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from kacenv.server.daemon_process import LEFT, ORPHAN, DaemonProcess, adopt_daemon

_HELPED = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"])
print("lives", flush=True)
time.sleep(600)
"""


class Orphan:
    """A process with a helper, and the pipe of its heartbeats."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _HELPED], stdout=subprocess.PIPE, start_new_session=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"lives\n"
        heartbeats, self.beats = os.pipe()
        self.watched, watches = os.pipe()
        ended = os.pidfd_open(self.process.pid)
        numbers = (self.process.pid, ended, heartbeats, watches)
        monkeypatch.setenv(ORPHAN, ",".join(map(str, numbers)))
        daemon = adopt_daemon()
        assert daemon is not None
        self.daemon: DaemonProcess = daemon

    def close(self) -> None:
        """End what is left."""
        self.process.kill()
        assert self.process.stdout is not None
        assert self.process.stdout.read() == b""  # the helper has gone, too
        self.process.stdout.close()
        self.process.wait()
        os.close(self.beats)
        os.close(self.watched)


@pytest.fixture
def orphan(monkeypatch: pytest.MonkeyPatch) -> Iterator[Orphan]:
    """A daemon that has lost its supervisor and is adopted here."""
    made = Orphan(monkeypatch)
    yield made
    made.close()


def test_nobody_is_adopted_who_has_not_asked() -> None:
    """A supervisor that a person or a machine has started has no daemon yet."""
    assert adopt_daemon() is None


def test_an_orphan_hears_that_it_is_watched(orphan: Orphan) -> None:
    """It is told at once; the request is gone from what children are given."""
    assert os.read(orphan.watched, 9) == b"."
    assert ORPHAN not in os.environ
    assert not os.get_inheritable(orphan.daemon.ended)
    orphan.daemon.end()


def test_heartbeats_of_an_orphan_are_heard(orphan: Orphan) -> None:
    """Each is heard once."""
    assert not orphan.daemon.hear()
    os.write(orphan.beats, b".")
    assert orphan.daemon.hear()
    assert not orphan.daemon.hear()
    orphan.daemon.end()


def test_an_orphan_that_leaves_is_not_missed(orphan: Orphan) -> None:
    """It ends with 0 if it has said that it leaves."""
    os.write(orphan.beats, b"." + LEFT)
    orphan.daemon.ask_to_leave()
    assert orphan.process.wait() == -signal.SIGTERM
    orphan.daemon.ask_to_leave()
    assert orphan.daemon.end() == 0


def test_nobody_knows_how_an_orphan_died(orphan: Orphan) -> None:
    """Its exit code is its parent's alone; what it had started goes with it."""
    os.write(orphan.beats, b".")
    assert orphan.daemon.end() is None
