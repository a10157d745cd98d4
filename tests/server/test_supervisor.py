"""The supervisor, with small daemons of every kind: those that live, die, hang and refuse."""

import os
import selectors
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

import pytest
from support.processes import is_alive
from support.waiting import wait_until

PATIENCE, SHORT = 30.0, 0.4
_SUPERVISOR = """
import logging, sys
from kacenv.server.supervisor import Supervisor
logging.basicConfig(format="%(message)s")
timeout, start_timeout, code, *words = sys.argv[1:]
times = dict(heartbeat_timeout=float(timeout), shutdown_timeout=float(timeout))
times |= dict(start_timeout=float(start_timeout), restart_delay=0.02)
def life():
    sys.argv = ["-c", *words]
    exec(code, {})
    return 0
sys.exit(Supervisor(life, **times).run())
"""
_DAEMON = r"""
import os, signal, subprocess, sys, time
told = os.environ.get("KACENV_WATCHDOG")
def beat():
    try: os.write(int(told), b".")
    except BrokenPipeError: pass
def say(word, pid=os.getpid()): os.write(1, f"{word} {pid}\n".encode())
def live():
    while True:
        beat()
        time.sleep(0.05)
def leave(*_):
    say("left")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
"""
LIVES = "beat(); say('lives'); live()"
HANGS = "beat(); say('hangs'); time.sleep(60)"
WON_T_LEAVE = "signal.signal(signal.SIGTERM, signal.SIG_IGN); beat(); say('stays'); live()"
REFUSES = "say('refuses'); sys.exit(3)"
NEVER_BEGINS = "say('waits'); time.sleep(60)"
ENDS_WELL = "beat(); say('done')"
TOLD_TO_END_AT_ONCE = """
import os, signal, sys
from kacenv.server.supervisor import Supervisor
fork = os.fork
def fork_and_end():
    child = fork()
    if not child: os.kill(os.getpid(), signal.SIGTERM)
    return child
os.fork = fork_and_end
sys.exit(Supervisor(lambda: os.write(1, b"lives"), restart_delay=0.02).run())
"""
HAS_A_HELPER = """
helper = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"])
beat(); say("helper", helper.pid); say("lives"); live()
"""
REFUSES_LATER = """
if os.path.exists(sys.argv[1]): say("refuses"); sys.exit(3)
open(sys.argv[1], "w").close(); beat(); say("lives"); live()
"""


class Supervised:
    """A supervisor as a process of its own, over a daemon that tells what it does.

    The times (s) are short only for those that use them up: any other daemon may be slow.
    """

    def __init__(
        self,
        daemon: str,
        *words: str,
        timeout: float = PATIENCE,
        start_timeout: float = PATIENCE,
    ) -> None:
        times = [str(timeout), str(start_timeout)]
        command = [sys.executable, "-c", _SUPERVISOR, *times, _DAEMON + daemon, *words]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
        self._lines = b""
        self.pids: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End whatever a failed test has left."""
        self._process.kill()
        for pid in self.living():
            os.kill(pid, signal.SIGKILL)
        self._process.communicate(timeout=PATIENCE)

    def hear(self, word: str) -> int:
        """Wait for a daemon to say `word`; its process."""
        while True:
            said, pid = self._line().split()
            self.pids.add(int(pid))
            if said.decode() == word:
                return int(pid)

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._lines:
                assert waiting.select(PATIENCE), "the daemon said nothing"
                more = os.read(self._process.stdout.fileno(), 4096)
                assert more, "the supervisor has ended"
                self._lines += more
        line, _, self._lines = self._lines.partition(b"\n")
        return line

    def send(self, number: signal.Signals) -> None:
        """Send the supervisor a signal."""
        self._process.send_signal(number)

    def gone(self) -> None:
        """Wait for the supervisor's end, whoever else is still there."""
        self._process.wait(PATIENCE)

    def ended(self) -> tuple[int, str]:
        """Wait for the supervisor's end: its exit code, and what it has logged."""
        said, logged = self._process.communicate(timeout=PATIENCE)
        lines = (self._lines + said).splitlines()
        self.pids |= {int(line.split()[1]) for line in lines}
        return self._process.returncode, logged.decode()

    def living(self) -> set[int]:
        """Which of the daemons, and of what they started, are still there."""
        return set(filter(is_alive, self.pids))


def test_a_killed_daemon_is_started_again_at_once() -> None:
    """After kill -9, three times over, another daemon lives; and the log says so once each."""
    with Supervised(LIVES) as room:
        for _ in range(3):
            os.kill(room.hear("lives"), signal.SIGKILL)
        room.hear("lives")
        room.send(signal.SIGTERM)
        code, logged = room.ended()
        assert (code, logged.count("signal 9"), len(room.pids)) == (0, 3, 4)
        assert not room.living()


@pytest.mark.parametrize("number", [signal.SIGSTOP, None], ids=["stopped", "silent"])
def test_a_daemon_whose_watchdog_is_silent_is_replaced(number: signal.Signals | None) -> None:
    """One that was stopped, or has fallen silent by itself, is killed; the next one lives."""
    with Supervised(LIVES if number else HANGS, timeout=SHORT) as room:
        first = room.hear("lives" if number else "hangs")
        if number:
            os.kill(first, number)
        assert room.hear("lives" if number else "hangs") != first
        assert room.living() - {first} == room.living()
        room.send(signal.SIGTERM)
        code, logged = room.ended()
        assert code == 0
        assert "stuck" in logged


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)
def test_who_is_told_to_end_lets_the_daemon_part(number: signal.Signals) -> None:
    """The daemon is told to leave, does so in its own way, and the supervisor ends with 0."""
    with Supervised(LIVES) as room:
        room.hear("lives")
        room.send(number)
        room.hear("left")
        assert room.ended() == (0, "")
        assert not room.living()


def test_who_is_told_to_end_before_it_lives_heeds_it() -> None:
    """A SIGTERM in the instant after the fork isn't swallowed by the supervisor's handler."""
    command = [sys.executable, "-c", TOLD_TO_END_AT_ONCE]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    assert done.stdout == b""
    assert done.returncode


def test_a_daemon_that_won_t_leave_is_ended() -> None:
    """Nobody waits for ever for a daemon that goes on after it was told to leave."""
    with Supervised(WON_T_LEAVE, timeout=SHORT) as room:
        room.hear("stays")
        room.send(signal.SIGTERM)
        assert room.ended()[0] == 0
        assert not room.living()


def test_a_closed_terminal_ends_nothing() -> None:
    """After a hang-up both go on: a killed daemon still comes back."""
    with Supervised(LIVES) as room:
        first = room.hear("lives")
        room.send(signal.SIGHUP)
        os.kill(first, signal.SIGKILL)
        assert room.hear("lives") != first
        room.send(signal.SIGTERM)
        assert room.ended()[0] == 0


@pytest.mark.parametrize(
    ("daemon", "code", "tries"),
    [(REFUSES, 3, 1), (NEVER_BEGINS, 1, 3), (ENDS_WELL, 0, 1)],
    ids=["3", "1", "0"],
)
def test_a_daemon_that_won_t_begin_ends_the_supervisor(daemon: str, code: int, tries: int) -> None:
    """Its exit code is handed on, 1 if it hangs thrice; one that is done is not started again."""
    with Supervised(daemon, start_timeout=SHORT if tries > 1 else PATIENCE) as room:
        assert room.ended()[0] == code
        assert len(room.pids) == tries
        assert not room.living()


def test_what_began_once_is_tried_until_it_works(tmp_path: Path) -> None:
    """A daemon that was killed and then refuses is tried again until the reason has gone."""
    once = tmp_path / "once"
    with Supervised(REFUSES_LATER, str(once)) as room:
        os.kill(room.hear("lives"), signal.SIGKILL)
        room.hear("refuses")
        room.hear("refuses")
        once.unlink()
        room.hear("lives")
        room.send(signal.SIGTERM)
        code, logged = room.ended()
        assert code == 0
        assert "exit code 3" in logged


def test_what_a_daemon_leaves_behind_goes_with_it() -> None:
    """A program that a killed daemon had started is not left to run beside the next one."""
    with Supervised(HAS_A_HELPER) as room:
        helper = room.hear("helper")
        first = room.hear("lives")
        os.kill(first, signal.SIGKILL)
        room.hear("lives")
        wait_until(lambda: helper not in room.living())
        room.send(signal.SIGTERM)
        assert room.ended()[0] == 0
        assert not room.living()


def test_a_room_outlives_its_supervisor() -> None:
    """If the supervisor itself is killed, the daemon plays on."""
    with Supervised(LIVES) as room:
        daemon = room.hear("lives")
        room.send(signal.SIGKILL)
        room.gone()
        assert room.living() == {daemon}
        os.kill(daemon, signal.SIGTERM)
        assert room.hear("left") == daemon
