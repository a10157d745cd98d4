"""The API over a real socket: what surfaces send, and what they are told."""

import asyncio
import grp
import json
import os
import socket
import stat
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from support.devices import MemorySound
from support.mosquitto import free_port
from support.sessions import a_phase, a_room, a_timeline
from support.waiting import PATIENCE

from kacenv.config import House
from kacenv.core.errors import DaemonError, RefusedError
from kacenv.model.network import Surfaces, Tcp
from kacenv.model.requests import Start
from kacenv.model.room import Room
from kacenv.server.client import get, post, running_rooms, the_room
from kacenv.server.daemon import hold_room
from kacenv.server.http.listen import _admit, open_api
from kacenv.session.session import Session
from kacenv.system.clock import MonotonicClock


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
        session.stage.sound = MemorySound(session.clock)
        session.submit(Start(a_timeline(a_phase("onset"), a_phase("return"))))
        with hold_room("test") as path:
            async with open_api(session, House.find(), "demo", path):
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
    assert reply["reply"] == "Onset is now 20m long; what follows moves with it."


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


def test_a_group_can_be_let_in(run_folder: Path) -> None:
    """With a group in the room file its members may enter the folder and use the socket."""
    group = grp.getgrgid(os.getgid()).gr_name
    room = a_room().model_copy(update={"surfaces": Surfaces(socket_group=group)})

    async def look() -> tuple[int, int]:
        session = Session(room, MonotonicClock())
        with hold_room("test") as path:
            async with open_api(session, House.find(), "demo", path):
                return path.stat().st_mode, path.parent.stat().st_mode

    socket_mode, folder_mode = asyncio.run(look())
    assert stat.S_IMODE(socket_mode) == 0o660
    assert folder_mode & stat.S_IXOTH
    assert run_folder.is_dir()


def test_a_session_goes_on_without_a_group_that_has_gone(run_folder: Path) -> None:
    """Back after a crash, the music isn't taken away because of who may drive; staff are told."""
    room = a_room().model_copy(update={"surfaces": Surfaces(socket_group="no-such-group")})

    async def look() -> tuple[int, list[str]]:
        session = Session(room, MonotonicClock())
        session.submit(Start(a_timeline(a_phase("onset"))))
        with hold_room("test") as path:
            async with open_api(session, House.find(), "demo", path):
                await asyncio.sleep(0)
                return path.stat().st_mode, [told.text for told in session.status().told]

    mode, told = asyncio.run(look())
    assert stat.S_IMODE(mode) == 0o600
    assert any("addgroup no-such-group" in text for text in told)
    assert run_folder.is_dir()


def test_a_group_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A socket for an unknown group is refused with what to do."""
    with pytest.raises(DaemonError, match="addgroup no-such-group"):
        _admit(tmp_path, "no-such-group")


def test_a_room_is_run_once(visit: Visit) -> None:
    """A second daemon for the same room is refused with a clear message."""

    def call() -> None:
        with pytest.raises(DaemonError, match="already being run"), hold_room("test"):
            pytest.fail("the room was taken")

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
    (run_folder / "left-by-a-power-cut.sock").touch()
    with ExitStack() as stack:
        for name in ("garden", "river"):
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(str(run_folder / f"{name}.sock"))
            listener.listen()
        assert running_rooms() == ["garden", "river"]
        with pytest.raises(DaemonError, match="say which by --room: garden, river"):
            the_room(None)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 500 Oh\r\n\r\noh", b"\xff\r\n\r\n[]"])
def test_an_answer_that_is_none_is_said_to_be_none(run_folder: Path, answer: bytes) -> None:
    """A daemon that dies in mid-answer, or speaks nonsense, gives a clear error."""
    run_folder.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(run_folder / "test.sock"))
        listener.listen()
        answering = threading.Thread(target=_answer_once, args=(listener, answer))
        answering.start()
        with pytest.raises(DaemonError, match="no answer that can be understood"):
            get("test", "/v1/status")
        answering.join()


def _answer_once(listener: socket.socket, answer: bytes) -> None:
    line, _ = listener.accept()
    with line:
        line.recv(1000)
        line.sendall(answer)


@pytest.mark.usefixtures("run_folder")
def test_a_room_with_an_impossible_name_is_not_running() -> None:
    """A name too long for a socket is an error in words."""
    with pytest.raises(DaemonError, match="isn't running"):
        get("x" * 200, "/v1/status")


def test_an_unknown_address_is_answered_in_words(visit: Visit) -> None:
    """A surface of another version reads where to look."""
    with pytest.raises(RefusedError, match=r"see /openapi\.json"):
        visit(lambda: get(None, "/v2/status"))


def test_an_extension_has_its_bound(visit: Visit) -> None:
    """No slip of the finger makes a phase last for days."""

    def call() -> None:
        for span in ("3h", "9" * 400 + "h"):
            with pytest.raises(RefusedError, match="at most 2h"):
                post(None, "/v1/requests", {"kind": "extend", "by": span})

    visit(call)


def test_a_reply_says_whether_anything_has_changed(visit: Visit) -> None:
    """A second press is answered kindly, and as what it was: nothing."""

    def call() -> list[bool]:
        press = {"kind": "extend", "by": "5m"}
        return [post(None, "/v1/requests", press)["changed"] for _ in range(2)]

    assert visit(call) == [True, False]


def test_a_status_can_be_waited_for(visit: Visit) -> None:
    """With `after`, the answer comes when something has changed, and not a moment sooner."""

    def call() -> tuple[Any, Any]:
        version = get(None, "/v1/status")["version"]
        pressing = threading.Timer(0.3, post, (None, "/v1/requests", {"kind": "hold"}))
        pressing.start()
        answer = get(None, f"/v1/status?after={version}")
        pressing.join()
        return version, answer

    version, answer = visit(call)
    assert answer["session"]["mode"] == "held"
    assert answer["version"] != version


def test_the_scenes_are_listed_with_their_arcs(visit: Visit) -> None:
    """Name, title, length and phases of every scene in the house."""
    scenes = {scene["name"]: scene for scene in visit(lambda: get(None, "/v1/scenes"))}
    lozenge = scenes["couple-lozenge"]
    assert (lozenge["title"], lozenge["duration"]) == ("Couple, lozenge", 10800.0)
    assert lozenge["phases"][0] == {"name": "settle", "duration": 900.0, "level": -6.0}
    assert lozenge["problem"] is None


def test_browsers_are_served_where_the_room_file_says(run_folder: Path) -> None:
    """With `tcp` in the room file the page and the API are at that port; without, nowhere."""
    port = free_port()
    room = a_room().model_copy(update={"surfaces": Surfaces(tcp=Tcp(port=port))})

    def call() -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as answer:
            return bytes(answer.read())

    async def look() -> bytes:
        session = Session(room, MonotonicClock())
        with hold_room("test") as path:
            async with open_api(session, House.find(), "demo", path):
                return await asyncio.to_thread(call)

    assert b"<!doctype html>" in asyncio.run(look())
    assert run_folder.is_dir()
    assert Surfaces().tcp is None


def test_a_port_that_is_taken_is_said(run_folder: Path) -> None:
    """Another program on the page's port gives an error that names the way out."""

    async def look(room: Room) -> None:
        session = Session(room, MonotonicClock())
        with hold_room("test") as path:
            async with open_api(session, House.find(), "demo", path):
                pytest.fail("two programs on one port")

    assert not run_folder.exists()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        surfaces = Surfaces(tcp=Tcp(port=taken.getsockname()[1]))
        with pytest.raises(DaemonError, match="Choose another port"):
            asyncio.run(look(a_room().model_copy(update={"surfaces": surfaces})))


def test_a_watcher_does_not_hold_the_daemon_up(
    visit: Visit, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream that is open when the daemon leaves just ends."""
    line = socket.socket(socket.AF_UNIX)

    def call() -> tuple[bytes, float]:
        line.connect(str(run_folder / "test.sock"))
        line.sendall(b"GET /v1/events HTTP/1.1\r\nHost: room\r\n\r\n")
        return line.recv(1000), time.monotonic()

    monkeypatch.setattr("kacenv.server.http.listen._LAST_WORDS", round(2 * PATIENCE))
    with line:
        heard, left = visit(call)
        assert b"text/event-stream" in heard
        assert time.monotonic() - left < PATIENCE
        line.settimeout(PATIENCE)
        while line.recv(65536):
            pass
