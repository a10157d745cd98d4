"""Who keeps the player running, and hands it on."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.processes import is_alive
from support.waiting import PATIENCE, wait_until

from kacenv.core.units import Seconds
from kacenv.player.line import Line, LineEnds, open_line
from kacenv.player.messages import Addressed, Hello, Present
from kacenv.player.remote_sound import ask_player
from kacenv.server.player_keeper import PLAYER, PlayerLink, player_line

_KEEPER = """
import os, sys, time
from kacenv.player.line import LineEnds
from kacenv.server.player_keeper import PlayerKeeper, run_player
import socket
ends = LineEnds(*(socket.socket(fileno=int(number)) for number in sys.argv[1:]))
keeper = PlayerKeeper(ends, lambda: run_player("garden", ends))
from kacenv.server.supervisor import Supervisor
supervisor = os.getpid()
def life():
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.write(int(os.environ["KACENV_WATCHDOG"]), b".")
    while os.getppid() == supervisor: time.sleep(0.05)
    return 0
sys.exit(Supervisor(life, heartbeat_timeout=600.0, shutdown_timeout=5.0).run(player=keeper))
"""


class Kept:
    """A supervisor with a player, at whose line the test is the engine."""

    def __init__(self) -> None:
        self.ends = open_line()
        self.line = Line(self.ends.engine)
        self.process = self.supervise()

    def supervise(self) -> "subprocess.Popen[bytes]":
        """Start a supervisor on the line."""
        numbers = [end.fileno() for end in self.ends]
        command = [sys.executable, "-c", _KEEPER, *map(str, numbers)]
        return subprocess.Popen(command, pass_fds=numbers)

    def present(self, token: int, other: int = 0) -> Present:
        """Ask until a player answers that isn't the `other` one."""

        def answered() -> Present | None:
            self.line.send(Addressed(0, Hello(token)))
            select.select([self.line.fileno()], [], [], PATIENCE)
            came = [message for _, message in self.line.receive() or ()]
            found = [one for one in came if isinstance(one, Present) and one.token == token]
            return next((one for one in found if one.pid != other), None)

        found = wait_until(answered)
        assert found is not None
        return found

    def close(self) -> None:
        """End all of them."""
        self.process.terminate()
        self.process.wait()
        for end in self.ends:
            end.close()


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    """A supervisor that has just begun."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path / "run"))
    made = Kept()
    yield made
    made.close()


def test_a_player_that_is_killed_is_started_again(kept: Kept) -> None:
    """On the same line; told to end, the supervisor takes it along."""
    first = kept.present(1).pid
    os.kill(first, signal.SIGKILL)
    second = kept.present(2, other=first).pid
    assert second != first
    kept.process.terminate()
    wait_until(lambda: not is_alive(second))


def test_a_player_that_nobody_keeps_any_more_gives_way_to_the_next(kept: Kept) -> None:
    """There is never a second music in the room."""
    first = kept.present(1).pid
    kept.process.kill()
    kept.process.wait()
    assert is_alive(first)
    kept.process = kept.supervise()
    second = kept.present(2, other=first).pid
    wait_until(lambda: not is_alive(first), "the first player stays")
    assert is_alive(second)


def test_a_player_that_is_stuck_when_a_room_begins_is_ended(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It might play on beside the next one, which the room gets instead."""
    patience = iter((Seconds(0.2), Seconds(PATIENCE)))
    asked = "kacenv.server.player_keeper.ask_player"
    monkeypatch.setattr(asked, lambda line: ask_player(line, next(patience)))
    first = kept.present(1).pid
    os.kill(first, signal.SIGSTOP)
    present = PlayerLink(kept.ends, "garden").reach()
    assert present is not None
    assert present.pid != first
    wait_until(lambda: not is_alive(first), "the stuck player stays")


def test_a_line_is_handed_on_with_its_player(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the supervisor that a room starts; without one it is a new line, without a player."""
    ends = open_line()
    link = PlayerLink(ends, "garden")
    assert link.handed() == {}
    link.present = Present(77)
    copies = [os.dup(end.fileno()) for end in ends]
    variable = link.handed()[PLAYER].split(",")
    assert variable == ["77", *(str(end.fileno()) for end in ends)]
    monkeypatch.setenv(PLAYER, ",".join(["77", *map(str, copies)]))
    handed, pid = player_line()
    assert (pid, [end.fileno() for end in handed]) == (77, copies)
    assert PLAYER not in os.environ
    made, none = player_line()
    assert none == 0
    for end in (*handed, *made, *ends):
        end.close()


def test_a_room_without_an_answer_plays_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for a player that doesn't come."""
    monkeypatch.setattr("kacenv.server.player_keeper.ask_player", lambda _: None)
    ends = LineEnds(*socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
    monkeypatch.setattr("kacenv.server.player_keeper.holder", lambda *_: None)
    link = PlayerLink(ends, "garden")
    assert link.reach() is None
    assert link.pid == 0
    for end in ends:
        end.close()
