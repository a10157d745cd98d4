"""The API over a real socket: what surfaces send, and what they are told."""

import asyncio
import json
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.devices import MemorySound
from support.sessions import a_phase, a_room, a_timeline

from kacenv.cli.client import get, post, running_rooms, the_room
from kacenv.clock import MonotonicClock
from kacenv.daemon import open_api
from kacenv.errors import DaemonError, RefusedError
from kacenv.loader import House
from kacenv.requests import Start
from kacenv.session import Session


@pytest.fixture
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the test's own sockets."""
    monkeypatch.setenv("KACENV_RUN", str(tmp_path / "run"))
    return tmp_path / "run"


@pytest.fixture
def visit(run_folder: Path) -> Callable[[Callable[[], Any]], Any]:
    """Calls something, from a surface's thread, while a room with a session is served."""
    assert not run_folder.exists()

    async def stay(call: Callable[[], Any]) -> Any:
        session = Session(a_room(), MonotonicClock())
        session.sound = MemorySound(session.clock)
        session.submit(Start(a_timeline(a_phase("onset"), a_phase("return"))))
        async with open_api(session, House.find(), "demo"):
            return await asyncio.to_thread(call)

    return lambda call: asyncio.run(stay(call))


Visit = Callable[[Callable[[], Any]], Any]


def test_the_status_is_there_for_programs(visit: Visit) -> None:
    """A surface reads phase, times, music and health in one answer."""
    status = visit(lambda: get(None, "/v1/status"))
    assert status["room"] == "test"
    assert status["session"]["mode"] == "running"
    assert [phase["name"] for phase in status["session"]["phases"]] == ["onset", "return"]
    assert status["session"]["playing"]["title"] == "onset-1"
    assert status["sound"] == "memory"


def test_a_request_is_done_and_said(visit: Visit) -> None:
    """A press answers in the therapist's words."""
    reply = visit(lambda: post("test", "/v1/requests", {"kind": "extend", "by": "10m"}))
    assert reply == {"reply": "Onset is now 20m long; what follows moves with it."}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"kind": "extend", "by": "10"}, "expected a time with its unit .*1h10m"),
        ({"kind": "volume", "level": "3"}, "expected a level from -90 dB to 24 dB"),
        ({"kind": "volume", "level": "3 dB", "output": "moon"}, "There is no output moon"),
        ({"kind": "dance"}, "hold"),
        ({"kind": "hold", "patient": "x"}, "patient"),
        ({}, "kind"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_in_words(
    visit: Visit, body: dict[str, Any], words: str
) -> None:
    """What is wrong with a request comes back as an error that a person can read."""
    with pytest.raises(RefusedError, match=words):
        visit(lambda: post(None, "/v1/requests", body))


def test_a_scene_that_is_not_there_is_refused_with_its_neighbours(visit: Visit) -> None:
    """Starting an unknown scene names those there are, and the session goes on."""

    def call() -> Any:
        with pytest.raises(RefusedError, match="couple-lozenge"):
            post(None, "/v1/start", {"scene": "couple-lozeng"})
        return get(None, "/v1/status")

    assert visit(call)["session"]["mode"] == "running"


def test_the_socket_is_for_its_owner_alone(visit: Visit, run_folder: Path) -> None:
    """Without a group in the room file, nobody else on the machine may drive the room."""
    mode = visit(lambda: (run_folder / "test.sock").stat().st_mode)
    assert stat.S_IMODE(mode) == 0o600
    assert not (run_folder / "test.sock").exists()


def test_a_room_is_run_once(visit: Visit) -> None:
    """A second daemon for the same room is refused with a clear message."""

    async def second() -> None:
        session = Session(a_room(), MonotonicClock())
        async with open_api(session, House.find(), "demo"):
            pytest.fail("the room was taken")

    def call() -> None:
        with pytest.raises(DaemonError, match="already being run"):
            asyncio.run(second())

    visit(call)


def test_garbage_on_the_socket_harms_nothing(visit: Visit, run_folder: Path) -> None:
    """Bytes that are no request, and one that is far too long, leave the room answering."""

    def call() -> Any:
        for garbage in (b"\x00" * 1000 + b"\r\n\r\n", b"GET /" + b"x" * 100_000 + b"\r\n\r\n"):
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(5)
                line.connect(str(run_folder / "test.sock"))
                try:
                    line.sendall(garbage)
                    line.recv(1000)
                except ConnectionError:
                    pass
        return get(None, "/v1/status")

    assert visit(call)["room"] == "test"


def test_the_api_describes_itself(visit: Visit) -> None:
    """The OpenAPI description names every kind of request."""
    described = json.dumps(visit(lambda: get(None, "/openapi.json")))
    for kind in ("hold", "release", "extend", "next", "back", "lights-up", "end", "stop"):
        assert f'"{kind}"' in described


def test_without_a_room_the_way_out_is_said(run_folder: Path) -> None:
    """With none running, or several, the error says what to type."""
    with pytest.raises(DaemonError, match="kacenv start SCENE --room ROOM"):
        the_room(None)
    with pytest.raises(DaemonError, match="The room garden isn't running"):
        get("garden", "/v1/status")
    run_folder.mkdir()
    for name in ("garden", "river"):
        (run_folder / f"{name}.sock").touch()
    assert running_rooms() == ["garden", "river"]
    with pytest.raises(DaemonError, match="say which by --room: garden, river"):
        the_room(None)
