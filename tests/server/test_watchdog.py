"""The watchdog, heard by a real socket in systemd's place and by a real pipe."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path

import pytest
from support.waiting import PATIENCE

from kacenv.core.units import Seconds
from kacenv.server.watchdog import PIPE, Watchdog, notify

BEAT = Seconds(0.002)
pytestmark = pytest.mark.anyio


class Listener:
    """What systemd would hear."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    async def hear(self) -> str:
        """The next word."""
        loop = asyncio.get_running_loop()
        return (await asyncio.wait_for(loop.sock_recv(self._line, 100), PATIENCE)).decode()

    def heard(self) -> list[str]:
        """All that has come so far."""
        words = []
        while True:
            try:
                words.append(self._line.recv(100).decode())
            except BlockingIOError:
                return words


@pytest.fixture(params=["path", "abstract"])
def systemd(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Listener]:
    """A socket as systemd has it: a file, or a name without one; both with an @ in them."""
    name = f"kacenv@{os.getpid()}" if request.param == "abstract" else str(tmp_path / "no@tify")
    abstract = request.param == "abstract"
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}" if abstract else name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as line:
        line.bind(f"\0{name}" if abstract else name)
        yield Listener(line)


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """A pipe as the supervisor hands it on: its ends for reading and for writing."""
    reading, writing = os.pipe()
    monkeypatch.setenv(PIPE, str(writing))
    yield reading, writing
    os.close(reading)
    os.close(writing)


class Count:
    """Grows each time it is looked at, until it is stopped."""

    def __init__(self) -> None:
        self.stands_still = False
        self._looks = 0
        self._value = 0
        self._look = asyncio.Event()

    def look(self) -> int:
        """The count now."""
        self._looks += 1
        self._value += not self.stands_still
        self._look.set()
        return self._value

    async def looked_at(self, times: int) -> None:
        """Wait until it has been looked at so many times more."""
        until = self._looks + times
        async with asyncio.timeout(PATIENCE):
            while self._looks < until:
                self._look.clear()
                await self._look.wait()


@asynccontextmanager
async def running(watchdog: Watchdog) -> AsyncIterator[None]:
    """Let a watchdog run meanwhile."""
    task = asyncio.create_task(watchdog.run())
    try:
        yield
    finally:
        task.cancel()


async def test_systemd_hears_ready_and_then_beats(systemd: Listener) -> None:
    """READY comes once and first, WATCHDOG again and again."""
    async with running(Watchdog([count().__next__], BEAT)):
        words = [await systemd.hear() for _ in range(4)]
    assert words == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]


@pytest.mark.parametrize("which", [0, 1], ids=["engine", "sound"])
async def test_no_beat_while_a_count_stands_still(systemd: Listener, which: int) -> None:
    """If either of two stands still there is no notification, until that moves again."""
    counts = [Count(), Count()]
    async with running(Watchdog([one.look for one in counts], BEAT)):
        await counts[0].looked_at(3)
        counts[which].stands_still = True
        await counts[0].looked_at(2)
        systemd.heard()
        await counts[0].looked_at(5)
        assert systemd.heard() == []
        counts[which].stands_still = False
        assert await systemd.hear() == "WATCHDOG=1"


async def test_the_supervisor_hears_each_beat(pipe: tuple[int, int]) -> None:
    """A byte at the beginning, and one a beat; what the daemon starts hears nothing of it."""
    watchdog = Watchdog([count().__next__], BEAT)
    assert PIPE not in os.environ
    assert not os.get_inheritable(pipe[1])
    async with running(watchdog):
        for _ in range(3):
            assert set(await asyncio.to_thread(os.read, pipe[0], 1)) == {ord(".")}


async def test_the_room_waits_for_no_listener(
    systemd: Listener, pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With pipe and socket full, or gone, the watchdog goes on looking."""
    assert systemd.heard() == []
    looks = Count()
    watchdog = Watchdog([looks.look], BEAT)
    with suppress(BlockingIOError):
        while True:
            os.write(pipe[1], bytes(65536))
    for _ in range(1000):
        notify("WATCHDOG=1")
    async with running(watchdog):
        await looks.looked_at(5)
        monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere/at/all")
        await looks.looked_at(5)


@pytest.mark.parametrize("named", ["", "nonsense", "-1", "9999"])
async def test_a_pipe_that_is_none_is_done_without(
    named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A daemon that nobody watches, or that was told nonsense, runs all the same."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.setenv(PIPE, named)
    looks = Count()
    async with running(Watchdog([looks.look], BEAT)):
        await looks.looked_at(3)
