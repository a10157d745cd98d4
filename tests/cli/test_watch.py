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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console
from support.daemon import KACENV
from support.tablet import ServedRoom, three_hours

from kacenv.cli.feed import Feed
from kacenv.cli.watch import line_of, screen
from kacenv.errors import NotRunningError
from kacenv.requests import Hold, Release, SeatStarted
from kacenv.scene import Seat

PATIENCE = 10.0


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServedRoom]:
    """A room called `room`, with a session of three hours."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path))
    with ServedRoom(tmp_path, three_hours()) as served:
        yield served


def seen(feed: Feed, width: int = 100) -> str:
    """What the terminal shows."""
    console = Console(width=width, height=40, color_system=None)
    with console.capture() as capture:
        console.print(screen(feed, width))
    return capture.get()


def test_a_change_is_known_at_once(room: ServedRoom) -> None:
    """A press from elsewhere, a seat's start and a check-in that comes due arrive by themselves."""
    with Feed("room") as feed:
        assert feed.status["session"]["mode"] == "running"
        room.press(Hold())
        assert feed.wait(PATIENCE)
        assert feed.status["session"]["mode"] == "held"
        room.press(Release())
        room.press(SeatStarted(seat=Seat.A))
        room.jump(7.1)
        while len(feed.status["session"]["due"]) < 2:
            assert feed.wait(PATIENCE)
        text = seen(feed)
    for part in ("Look in on both seats (for 2:", "Seat A: Lozenge out (for 0:0", "seat a  7:0"):
        assert part in text


def test_clocks_run_on_between_changes(room: ServedRoom) -> None:
    """Nothing is asked of the room for them; they agree with it within half a second."""
    with Feed("room") as feed:
        assert not feed.wait(0.6)
        assert abs(feed.status["session"]["in_phase"] - room.now().in_phase) < 0.5
        assert feed.status["at"] > 0.5


def test_a_lost_link_is_said_and_found_again(room: ServedRoom) -> None:
    """The view says since when, its clocks stand, and it is live again by itself."""
    with Feed("room") as feed:
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
    with Feed("room", lambda: now[0]) as feed:
        assert not feed.wait(0.0)
        now[0] += 5.1
        assert feed.wait(0.0)
        assert feed.lost_since is not None


@pytest.mark.usefixtures("room")
def test_it_fits_a_narrow_terminal() -> None:
    """At 60 letters every phase is still there, cut short, and no line is longer."""
    with Feed("room") as feed:
        text = seen(feed, 60)
    assert max(len(line) for line in text.splitlines()) <= 60
    assert all(part in text.splitlines()[1] for part in ("se", "on", "bu", "pe", "de", "re", "in"))
    assert len(seen(feed, 200).splitlines()[0].rstrip()) == 100


@pytest.mark.usefixtures("room")
def test_a_room_that_does_not_run_is_said() -> None:
    """There is nothing to watch, and the way to begin is told."""
    with pytest.raises(NotRunningError, match="kacenv start"), Feed("garden"):
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


@contextmanager
def in_a_terminal() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`kacenv watch` in a terminal of 80 by 24 letters, and the side from which one types."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [KACENV, "watch", "--room", "room"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    os.close(theirs)
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def read_until(terminal: int, part: bytes) -> bytes:
    """What the terminal got, until `part` is in it."""
    text, end = b"", time.monotonic() + PATIENCE
    while part not in text:
        assert select.select([terminal], [], [], max(0.0, end - time.monotonic()))[0], text
        text += os.read(terminal, 65536)
    return text


def test_q_leaves_the_terminal_as_it_was(room: ServedRoom) -> None:
    """The view fills the screen and follows its size; q leaves with 0, and the room goes on."""
    with in_a_terminal() as (process, terminal):
        read_until(terminal, b"q leaves")
        room.press(Hold())
        read_until(terminal, b"holding")
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        room.press(Release())  # the first frame of the new size may have been read in part above
        read_until(terminal, "─".encode() * 38)
        os.write(terminal, b"q")
        read_until(terminal, b"\x1b[?1049l")
        assert process.wait(PATIENCE) == 0
    assert room.now().mode == "running"
