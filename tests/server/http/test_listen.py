"""The sockets of a room: who may use them, when they open, and what is in the way of serving."""

import asyncio
import grp
import os
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from support.mosquitto import free_port
from support.sessions import a_phase, a_room, a_timeline
from support.tablet import ServedRoom
from support.waiting import PATIENCE

from kacenv.config import House
from kacenv.core.errors import DaemonError
from kacenv.model.network import Surfaces, Tcp
from kacenv.model.requests import Start
from kacenv.server.daemon import hold_room
from kacenv.server.http.listen import open_api
from kacenv.session.session import Session
from kacenv.system.clock import MonotonicClock

_LOADED = "import sys, kacenv.server.daemon; print({'fastapi', 'uvicorn'} & set(sys.modules))"


@asynccontextmanager
async def opened(
    surfaces: Surfaces, *, playing: bool = False
) -> AsyncIterator[tuple[Path, Session]]:
    """A room with these surfaces: its socket and its session."""
    room = a_room().model_copy(update={"surfaces": surfaces})
    session = Session(room, MonotonicClock())
    if playing:
        session.submit(Start(a_timeline(a_phase("onset"))))
    with hold_room("test") as path:
        async with open_api(session, House.find(), "demo", path):
            yield path, session


def modes(surfaces: Surfaces) -> tuple[int, int]:
    """Permissions of the socket, and of its folder."""

    async def look() -> tuple[int, int]:
        async with opened(surfaces) as (path, _):
            return stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)

    return asyncio.run(look())


def test_the_daemon_loads_the_api_only_when_the_music_plays() -> None:
    """After a crash nobody waits for a web framework: it comes later."""
    command = [sys.executable, "-c", _LOADED]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "set()\n", done.stderr


def test_the_socket_is_for_its_owner_alone(run_folder: Path) -> None:
    """Without a group in the room file, nobody else on the machine may drive the room."""
    assert modes(Surfaces())[0] == 0o600
    assert not (run_folder / "test.sock").exists()


@pytest.mark.usefixtures("run_folder")
def test_a_group_can_be_let_in() -> None:
    """With a group in the room file its members may enter the folder and use the socket."""
    group = grp.getgrgid(os.getgid()).gr_name
    socket_mode, folder_mode = modes(Surfaces(socket_group=group))
    assert socket_mode == 0o660
    assert folder_mode & stat.S_IXOTH


@pytest.mark.usefixtures("run_folder")
def test_a_group_that_is_not_there_is_named() -> None:
    """A socket for an unknown group is refused with what to do."""
    with pytest.raises(DaemonError, match="addgroup no-such-group"):
        modes(Surfaces(socket_group="no-such-group"))


@pytest.mark.usefixtures("run_folder")
def test_a_session_goes_on_without_a_group_that_has_gone() -> None:
    """Back after a crash, the music isn't taken away because of who may drive; staff are told."""

    async def look() -> tuple[int, list[str]]:
        async with opened(Surfaces(socket_group="no-such-group"), playing=True) as (path, session):
            await asyncio.sleep(0)
            return path.stat().st_mode, [told.text for told in session.status().told]

    mode, told = asyncio.run(look())
    assert stat.S_IMODE(mode) == 0o600
    assert any("addgroup no-such-group" in text for text in told)


@pytest.mark.usefixtures("run_folder")
def test_a_room_is_run_once() -> None:
    """A second daemon for the same room is refused with a clear message."""
    with (
        hold_room("test"),
        pytest.raises(DaemonError, match="already being run"),
        hold_room("test"),
    ):
        pytest.fail("the room was taken")


@pytest.mark.usefixtures("run_folder")
def test_browsers_are_served_where_the_room_file_says() -> None:
    """With `tcp` in the room file the page and the API are at that port; without, nowhere."""
    port = free_port()

    def call() -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as answer:
            return bytes(answer.read())

    async def look() -> bytes:
        async with opened(Surfaces(tcp=Tcp(port=port))):
            return await asyncio.to_thread(call)

    assert b"<!doctype html>" in asyncio.run(look())
    assert Surfaces().tcp is None


@pytest.mark.usefixtures("run_folder")
def test_a_port_that_is_taken_is_said() -> None:
    """Another program on the page's port gives an error that names the way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        surfaces = Surfaces(tcp=Tcp(port=taken.getsockname()[1]))
        with pytest.raises(DaemonError, match="Choose another port"):
            modes(surfaces)


@pytest.mark.usefixtures("run_folder")
def test_the_servers_leave_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """They don't wait until they would look at the time again."""
    monkeypatch.setattr("kacenv.server.http.listen._DATE_EVERY", 2 * PATIENCE)

    async def come_and_go() -> None:
        async with asyncio.timeout(PATIENCE), opened(Surfaces(tcp=Tcp(port=free_port()))):
            await asyncio.sleep(0)

    asyncio.run(come_and_go())


def test_a_watcher_does_not_hold_the_daemon_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream that is open when the daemon leaves just ends."""
    monkeypatch.setattr("kacenv.server.http.listen._SHUTDOWN_TIMEOUT", round(2 * PATIENCE))
    with socket.socket(socket.AF_UNIX) as stream:
        with ServedRoom(tmp_path):
            stream.connect(str(tmp_path / "room.sock"))
            stream.sendall(b"GET /v1/events HTTP/1.1\r\nHost: room\r\n\r\n")
            assert b"text/event-stream" in stream.recv(1000)
            left = time.monotonic()
        assert time.monotonic() - left < PATIENCE
        stream.settimeout(PATIENCE)
        while stream.recv(65536):
            pass
