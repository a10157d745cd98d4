"""A running room, watched from a terminal, a pipe and a script."""

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pyte
import pytest
from rich.console import Console
from support.daemon import KACENV
from support.tablet import ServedRoom, three_hours
from support.waiting import PATIENCE

from kacenv.cli.watch import line_of, screen
from kacenv.core.errors import NotRunningError
from kacenv.model.requests import Hold, Release, SeatStarted
from kacenv.model.scene import Seat
from kacenv.server.event_client import EventClient


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServedRoom]:
    """A room called `room`, with a session of three hours."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path))
    with ServedRoom(tmp_path, three_hours()) as served:
        yield served


def seen(feed: EventClient, width: int = 100) -> str:
    """What the terminal shows."""
    console = Console(width=width, height=40, color_system=None)
    with console.capture() as capture:
        console.print(screen(feed, width))
    return capture.get()


def test_a_change_is_known_at_once(room: ServedRoom) -> None:
    """A press from elsewhere, a seat's start and a check-in that comes due arrive by themselves."""
    with EventClient("room") as feed:
        assert feed.status["session"]["mode"] == "running"
        room.press(Hold())
        assert feed.wait(PATIENCE)
        assert feed.status["session"]["mode"] == "held"
        room.press(Release())
        room.press(SeatStarted(seat=Seat.A))
        room.jump(7.02)
        while len(feed.status["session"]["due"]) < 2:
            assert feed.wait(PATIENCE)
        text = seen(feed)
    for part in ("Look in on both seats (for 2:", "Seat A: Lozenge out (for 0:0", "seat a  7:0"):
        assert part in text


def test_clocks_run_on_between_changes(room: ServedRoom) -> None:
    """Nothing is asked of the room for them; they agree with it within half a second."""
    with EventClient("room") as feed:
        assert not feed.wait(0.6)
        before = room.now().in_phase
        shown = feed.status["session"]["in_phase"]
        assert before - 0.5 < shown < room.now().in_phase + 0.5
        assert feed.status["at"] > 0.5


def test_a_lost_link_is_said_and_found_again(room: ServedRoom) -> None:
    """The view says since when, its clocks stand, and it is live again by itself."""
    with EventClient("room") as feed:
        room.cut()
        while feed.lost_since is None:
            assert feed.wait(PATIENCE)
        before = feed.status
        room.jump(3.0)
        assert feed.status == before
        assert "No link since" in seen(feed)
        assert line_of(feed)["event"] == "lost"
        room.mend()
        assert feed.wait(PATIENCE)
        assert feed.lost_since is None
        assert feed.status["session"]["in_phase"] > 170
        assert "q leaves" in seen(feed)


@pytest.mark.usefixtures("room")
def test_silence_is_a_lost_link() -> None:
    """A daemon that hangs without closing the line counts as lost after five seconds."""
    begun = time.monotonic()
    now = [begun]
    with EventClient("room", lambda: now[0]) as feed:
        assert not feed.wait(0.0)
        now[0] += 5.1
        assert feed.wait(0.0)
        assert feed.lost_since is not None


@pytest.mark.usefixtures("room")
def test_it_fits_a_narrow_terminal() -> None:
    """At 60 letters every phase is still there, cut short, and no line is longer."""
    with EventClient("room") as feed:
        text = seen(feed, 60)
    assert max(len(line) for line in text.splitlines()) <= 60
    assert all(part in text.splitlines()[1] for part in ("se", "on", "bu", "pe", "de", "re", "in"))
    assert len(seen(feed, 200).splitlines()[0].rstrip()) == 100


@pytest.mark.usefixtures("room")
def test_a_room_that_does_not_run_is_said() -> None:
    """There is nothing to watch, and the way to begin is told."""
    with pytest.raises(NotRunningError, match="kacenv start"), EventClient("garden"):
        pass


def test_a_script_reads_a_line_for_each_change(room: ServedRoom) -> None:
    """Each line of --json is the whole status after a change; a pipe without it gets words."""
    words = [KACENV, "watch", "--room", "room"]
    with (
        subprocess.Popen([*words, "--json"], stdout=subprocess.PIPE) as script,
        subprocess.Popen(words, stdout=subprocess.PIPE) as pipe,
    ):
        assert script.stdout
        assert pipe.stdout
        assert json.loads(script.stdout.readline())["session"]["mode"] == "running"
        assert pipe.stdout.readline().decode().split()[1] == "SETTLE"
        room.press(Hold())
        found = json.loads(script.stdout.readline())
        assert (found["event"], found["session"]["mode"]) == ("status", "held")
        for process in (script, pipe):
            process.terminate()


class Terminal:
    """`kacenv watch` in a terminal of 80 by 24 letters, as it is seen and typed to."""

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)
        self.received = b""
        self.resize(80, 24)
        fixed = ("COLUMNS", "LINES")  # would hold Rich to one size
        surroundings = {name: text for name, text in os.environ.items() if name not in fixed}
        self.process = subprocess.Popen(
            [KACENV, "watch", "--room", "room"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**surroundings, "TERM": "xterm-256color"},
        )
        os.close(theirs)

    def resize(self, columns: int, lines: int) -> None:
        """Make the window larger or smaller."""
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.screen.resize(lines, columns)

    def type(self, keys: bytes) -> None:
        """Press some keys."""
        os.write(self._ours, keys)

    def read_until(self, seen: Callable[[str], bool]) -> None:
        """Look at the screen until it shows what is waited for."""
        end = time.monotonic() + PATIENCE
        while not seen(shown := "\n".join(self.screen.display)):
            assert select.select([self._ours], [], [], max(0.0, end - time.monotonic()))[0], shown
            part = os.read(self._ours, 65536)
            self.received += part
            self._stream.feed(part)

    def close(self) -> None:
        """Close the window."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


def widest(shown: str) -> int:
    """Letters in the longest line."""
    return max(len(line.rstrip()) for line in shown.splitlines())


def test_q_leaves_the_terminal_as_it_was(room: ServedRoom) -> None:
    """The view fills the screen and follows its size; q leaves with 0, and the room goes on."""
    with closing(Terminal()) as terminal:
        terminal.read_until(lambda shown: "q leaves" in shown)
        assert widest("\n".join(terminal.screen.display)) == 80
        room.press(Hold())
        terminal.read_until(lambda shown: "holding" in shown)
        terminal.resize(100, 40)
        terminal.read_until(lambda shown: widest(shown) == 100)
        terminal.type(b"q")
        terminal.read_until(lambda _: b"\x1b[?1049l" in terminal.received)
        assert terminal.process.wait(PATIENCE) == 0
    assert room.now().mode == "held"
