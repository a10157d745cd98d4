"""The API over a real socket: what surfaces send, and what they are told."""

import json
import socket
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.tablet import ServedRoom
from support.waiting import PATIENCE

from kacenv.core.errors import RefusedError
from kacenv.core.units import format_seconds
from kacenv.model.request_bounds import LONGEST_TIME
from kacenv.server.client import get, post

pytestmark = pytest.mark.usefixtures("served")


def test_the_status_is_there_for_programs() -> None:
    """A surface reads phase, times, music and health in one answer."""
    status = get(None, "/v1/status")
    assert status["room"] == "garden"
    assert status["session"]["mode"] == "running"
    assert [phase["name"] for phase in status["session"]["phases"]] == ["onset", "return"]
    assert status["session"]["playing"]["title"] == "onset-1"
    assert status["sound"] == "memory"


def test_a_request_is_done_and_said() -> None:
    """A press answers in the therapist's words."""
    reply = post("room", "/v1/requests", {"kind": "extend", "by": "10m"})
    assert reply["reply"] == "Onset is now 20m long; what follows moves with it."


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"kind": "extend", "by": "10"}, "expected a time with its unit .*1h10m"),
        ({"kind": "volume", "level": "3"}, "expected a level from -90 dB to 6 dB"),
        ({"kind": "volume", "level": "3 dB", "output": "moon"}, "There is no output moon"),
        ({"kind": "dance"}, "hold"),
        ({"kind": "hold", "patient": "x"}, "patient"),
        ({}, "kind"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_in_words(
    body: dict[str, Any], words: str
) -> None:
    """What is wrong with a request comes back as an error that a person can read."""
    with pytest.raises(RefusedError, match=words):
        post(None, "/v1/requests", body)


def test_a_scene_that_is_not_there_is_refused_with_its_neighbours() -> None:
    """Starting an unknown scene names those there are, and the session goes on."""
    with pytest.raises(RefusedError, match="couple-lozenge"):
        post(None, "/v1/start", {"scene": "couple-lozeng"})
    assert get(None, "/v1/status")["session"]["mode"] == "running"


@pytest.mark.parametrize(
    "garbage", [b"\x00" * 1000 + b"\r\n\r\n", b"GET /" + b"x" * 100_000 + b"\r\n\r\n"]
)
def test_garbage_on_the_socket_harms_nothing(run_folder: Path, garbage: bytes) -> None:
    """Bytes that are no request, and one that is far too long, leave the room answering."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE)
        client.connect(str(run_folder / "room.sock"))
        try:
            client.sendall(garbage)
            client.recv(1000)
        except ConnectionError:
            pass
    assert get(None, "/v1/status")["room"] == "garden"


def test_the_api_describes_itself() -> None:
    """The OpenAPI description names every kind of request."""
    described = json.dumps(get(None, "/openapi.json"))
    for kind in ("hold", "release", "extend", "next", "back", "lights-up", "end", "stop"):
        assert f'"{kind}"' in described


def test_an_unknown_address_is_answered_in_words() -> None:
    """A surface of another version reads where to look."""
    with pytest.raises(RefusedError, match=r"see /openapi\.json"):
        get(None, "/v2/status")


@pytest.mark.parametrize(
    ("span", "most"), [("25h", format_seconds(LONGEST_TIME)), ("9" * 400 + "h", "99h")]
)
def test_an_extension_has_its_bound(span: str, most: str) -> None:
    """No slip of the finger makes a phase last for days, and no answer is as long as a slip."""
    with pytest.raises(RefusedError, match=f"(at most|up to) {most}") as refused:
        post(None, "/v1/requests", {"kind": "extend", "by": span})
    assert len(str(refused.value)) < 300


def test_a_reply_says_whether_anything_has_changed() -> None:
    """A second press is answered kindly, and as what it was: nothing."""
    press = {"kind": "extend", "by": "5m"}
    replies = [post(None, "/v1/requests", press)["changed"] for _ in range(2)]
    assert replies == [True, False]


def test_a_status_can_be_waited_for() -> None:
    """With `after`, the answer comes when something has changed, and not a moment sooner."""
    version = get(None, "/v1/status")["version"]
    pressing = threading.Timer(0.3, post, (None, "/v1/requests", {"kind": "hold"}))
    pressing.start()
    answer = get(None, f"/v1/status?after={version}")
    pressing.join()
    assert answer["session"]["mode"] == "held"
    assert answer["version"] != version


def test_the_scenes_are_listed_with_their_arcs() -> None:
    """Name, title, length and phases of every scene in the house."""
    scenes = {scene["name"]: scene for scene in get(None, "/v1/scenes")}
    lozenge = scenes["couple-lozenge"]
    assert (lozenge["title"], lozenge["duration"]) == ("Couple, lozenge", 10800.0)
    assert lozenge["phases"][0] == {"name": "settle", "duration": 900.0, "level": -6.0}
    assert lozenge["problem"] is None


def test_nobody_logs_in_on_the_socket() -> None:
    """File permissions let clients in: they are staff, and a login is answered in words."""
    assert get(None, "/v1/login") == {"role": "staff", "name": ""}
    with pytest.raises(RefusedError, match="Nobody needs to log in here"):
        post(None, "/v1/login", {"pin": "825064"})


EVIL = "a\x1b[31m\x9b\u202e\ud800caf\udce9"


def test_a_message_with_any_name_in_it_is_exact(served: ServedRoom, run_folder: Path) -> None:
    """A file's name that isn't UTF-8 breaks neither the status nor the events; scripts read it."""
    served.ask(lambda session: session.tell(EVIL))
    told = get(None, "/v1/status")["told"]
    assert told[-1]["text"] == EVIL
    with closing(socket.socket(socket.AF_UNIX)) as line:
        line.settimeout(PATIENCE)
        line.connect(str(run_folder / "room.sock"))
        line.sendall(b"GET /v1/events HTTP/1.0\r\nHost: room\r\n\r\n")
        seen = b""
        while b"\\udce9" not in seen:
            seen += line.recv(65536)
    assert b"\x1b" not in seen


def test_a_scene_with_any_name_is_refused_in_words() -> None:
    """Half a letter as a name is a wrong name, no fault of the room."""
    for name in ("\ud800", EVIL, "\0", "x" * 5000):
        with pytest.raises(RefusedError) as refused:
            post(None, "/v1/start", {"scene": name})
        assert "That failed" not in str(refused.value)
