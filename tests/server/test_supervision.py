"""The supervisor is watched by the room that it keeps: whoever is killed, the other mends it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.daemon import Daemon
from support.houses import write_house
from support.processes import is_alive
from support.waiting import wait_until

from kacenv.core.units import Seconds
from kacenv.server.daemon_process import SUPERVISOR
from kacenv.server.supervision import BACK, FAILED, LOST, Supervision
from kacenv.server.watchdog import PIPE
from kacenv.system.clock import MonotonicClock

ROOM = "name: garden\noutputs: [{id: speakers, role: speakers}]\n"
NEVER = Seconds(36000.0)
_WATCHES = """
import os, signal, sys, time
if sys.argv[1] == "dies" or not os.path.exists(sys.argv[1]): sys.exit(1)
if sys.argv[2:]: os.kill(os.getpid(), int(sys.argv[2]))
from kacenv.server.daemon_process import adopt_daemon
daemon = adopt_daemon()
while os.read(daemon.heartbeats, 1) != b"0": pass
"""


class Watched:
    """This process in the place of a daemon; its supervisor is another one, to be killed.

    The next supervisors end at once as long as the file `there` is missing.
    """

    def __init__(self, there: Path, *words: str) -> None:
        self.first = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        self.heartbeats, beats = os.pipe()
        os.set_inheritable(beats, False)
        os.environ[PIPE] = str(beats)
        os.environ[SUPERVISOR] = f"{self.first.pid},{os.pidfd_open(self.first.pid)}"
        command = [sys.executable, "-c", _WATCHES, str(there), *words]
        self.supervision = Supervision(command, NEVER)
        self.told: list[str] = []
        self.there = there

    def watching(self) -> Any:
        """Watch as the daemon does."""
        return self.supervision.watching(MonotonicClock(), self.told.append)

    def supervisor(self) -> int:
        """The process that is shown as the supervisor; 0 if none is."""
        shown = self.supervision.processes()
        return next((one.pid for one in shown if one.role == "supervisor"), 0)

    def hear(self, *words: str) -> None:
        """Wait until staff have been told this, and nothing else."""
        wait_until(lambda: len(self.told) >= len(words), f"staff were told {self.told}")
        assert self.told == list(words)

    def kill(self) -> None:
        """Kill the first supervisor."""
        self.first.kill()
        self.first.wait()

    def close(self) -> None:
        """Leave, and wait for the last supervisor to do so, too."""
        self.kill()
        self.supervision.leave()
        if self.supervision._child is not None:
            self.supervision._child.wait()
        os.environ.pop(PIPE, None)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """A daemon whose next supervisor can be started."""
    made = Watched(tmp_path / "there")
    made.there.touch()
    yield made
    made.close()


def test_who_is_killed_is_replaced(watched: Watched) -> None:
    """Staff are told twice; the new supervisor is shown, and hears the heartbeats."""
    with watched.watching():
        assert watched.supervisor() == watched.first.pid
        assert watched.supervision.health() == {"restart": None}
        watched.kill()
        watched.hear(LOST, BACK)
        second = watched.supervisor()
        assert second not in {0, watched.first.pid}
        assert watched.supervision.health() == {"restart": None}
    assert is_alive(second)
    watched.supervision.leave()
    wait_until(lambda: not is_alive(second))


def test_each_supervisor_is_watched_in_turn(watched: Watched) -> None:
    """Killed three times, it comes back three times."""
    with watched.watching():
        watched.kill()
        for times in (1, 2):
            watched.hear(*[LOST, BACK] * times)
            supervisor = wait_until(watched.supervisor)
            os.kill(supervisor, signal.SIGKILL)
        watched.hear(*[LOST, BACK] * 3)


def test_what_cannot_be_mended_is_told_once(watched: Watched) -> None:
    """It stands in the room's health until a start of a session tries again, and works."""
    watched.there.unlink()
    with watched.watching():
        watched.supervision.retry()
        watched.kill()
        watched.hear(LOST, FAILED)
        assert watched.supervision.health() == {"restart": FAILED}
        assert watched.supervisor() == 0
        watched.there.touch()
        watched.supervision.retry()
        watched.hear(LOST, FAILED, BACK)
        assert watched.supervision.health() == {"restart": None}


def test_a_room_leaves_while_nobody_watches_it(watched: Watched) -> None:
    """Whoever waits to try again doesn't hold the room up."""
    watched.there.unlink()
    with watched.watching():
        watched.kill()
        watched.hear(LOST, FAILED)
    assert watched.told == [LOST, FAILED]


def test_below_systemd_nobody_is_started(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """It starts both anew itself; the processes are shown all the same."""
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/systemd/notify")
    with watched.watching():
        assert watched.supervisor() == watched.first.pid
        assert "supervision" not in {thread.name for thread in threading.enumerate()}


def test_without_a_supervisor_there_is_nothing_to_lose() -> None:
    """A room that was started without one says nothing of it."""
    alone = Supervision(())
    with alone.watching(MonotonicClock(), pytest.fail):
        assert alone.health() == {}
        assert [(one.pid, one.role) for one in alone.processes()] == [(os.getpid(), "room")]
        assert "supervision" not in {thread.name for thread in threading.enumerate()}


def test_who_is_told_to_end_before_it_watches_ends_the_room(tmp_path: Path) -> None:
    """A SIGTERM to a supervisor that is just starting counts for both."""
    heard = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: heard.set())
    (tmp_path / "there").touch()
    watched = Watched(tmp_path / "there", str(int(signal.SIGTERM)))
    try:
        with watched.watching():
            watched.kill()
            wait_until(heard.is_set)
        assert watched.told == [LOST]
    finally:
        signal.signal(signal.SIGTERM, before)
        watched.close()


def process(daemon: Daemon, role: str, *, other: int = 0) -> int:
    """The room's process in this role, unless it is the `other` one or nobody answers: then 0."""
    try:
        shown = daemon.ask_status()["processes"]
    except (OSError, ValueError):
        return 0
    return next((one["pid"] for one in shown if one["role"] == role and one["pid"] != other), 0)


def roles(daemon: Daemon) -> list[str]:
    """The roles of the room's processes."""
    return [one["role"] for one in daemon.ask_status()["processes"]]


def test_a_room_gets_its_supervisor_back_and_is_kept_by_it(tmp_path: Path) -> None:
    """A killed supervisor is replaced while the room runs on, and the new one brings that back.

    Nobody can double it; told to leave, it takes the room along.
    """
    daemon = Daemon(write_house(tmp_path, rooms__garden=ROOM), "garden", supervised=True)
    with daemon:
        room = daemon.worker
        wait_until(lambda: roles(daemon) == ["room", "player", "decoders", "supervisor"])
        os.kill(daemon.pid, signal.SIGKILL)
        supervisor = wait_until(lambda: process(daemon, "supervisor", other=daemon.pid))
        assert process(daemon, "room") == room
        wait_until(lambda: BACK in [one["text"] for one in daemon.ask_status()["told"]])
        second = daemon.run("serve", "--room", "garden", "--supervised", check=False)
        assert second.returncode == 1
        assert "already being run" in second.stderr
        os.kill(room, signal.SIGKILL)
        next_room = wait_until(lambda: process(daemon, "room", other=room))
        assert process(daemon, "supervisor") == supervisor
        os.kill(supervisor, signal.SIGTERM)
        wait_until(lambda: not (is_alive(supervisor) or is_alive(next_room)))


def test_an_orphan_that_is_told_to_leave_ends_both(tmp_path: Path) -> None:
    """The supervisor that has adopted a room doesn't start it again once it has left."""
    daemon = Daemon(write_house(tmp_path, rooms__garden=ROOM), "garden", supervised=True)
    with daemon:
        room = daemon.worker
        os.kill(daemon.pid, signal.SIGKILL)
        supervisor = wait_until(lambda: process(daemon, "supervisor", other=daemon.pid))
        os.kill(room, signal.SIGTERM)
        wait_until(lambda: not (is_alive(supervisor) or is_alive(room)))
        assert process(daemon, "room") == 0


def test_who_is_killed_together_stays_away(tmp_path: Path) -> None:
    """Then nobody is left who could mend it, and the room's lock is free for the next start."""
    daemon = Daemon(write_house(tmp_path, rooms__garden=ROOM), "garden", supervised=True)
    with daemon:
        room = daemon.worker
        os.kill(room, signal.SIGSTOP)
        os.kill(daemon.pid, signal.SIGKILL)
        os.kill(room, signal.SIGKILL)
        wait_until(lambda: not is_alive(room))
        daemon.kill()
        daemon.start()
        assert process(daemon, "room", other=room)
