"""What a client of the daemon says where there is no room, or no answer."""

import socket
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from kacenv.core.errors import DaemonError
from kacenv.server.client import get, post, running_rooms, the_room


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


def test_a_request_whose_answer_is_lost_is_sent_again_by_its_id(run_folder: Path) -> None:
    """A daemon that dies in mid-answer and comes back gets the same request with the same id."""
    run_folder.mkdir()
    answer = b'HTTP/1.1 200 OK\r\n\r\n{"reply": "Done."}'
    heard: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(run_folder / "test.sock"))
        listener.listen()
        answering = threading.Thread(target=_answer_all, args=(listener, [b"", answer], heard))
        answering.start()
        assert post("test", "/v1/requests", {"kind": "hold"}) == {"reply": "Done."}
        answering.join()
    assert heard[0] == heard[1]
    assert b'\r\nIdempotency-Key: "' in heard[0]


def _answer_all(listener: socket.socket, answers: list[bytes], heard: list[bytes]) -> None:
    for answer in answers:
        line, _ = listener.accept()
        with line:
            heard.append(line.recv(1000))
            line.sendall(answer)


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
