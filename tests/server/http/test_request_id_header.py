"""The header `Idempotency-Key`: a request that is sent again does nothing more."""

import pytest
from support.caller import Answer, Caller
from support.guarded import Guarded

from kacenv.core.errors import RefusedError
from kacenv.server.http.edge.rate_limit import PressLimiter
from kacenv.session.session import Session

UUID = "8e03978e-40d5-43dd-bc93-6fe8b6fa6ee4"


def ask(caller: Caller, key: str, body: object, path: str = "/v1/requests") -> Answer:
    """What a request with this header is answered."""
    return caller.ask("POST", path, body, {"Idempotency-Key": key})


@pytest.fixture
def staff(guarded: Guarded) -> Caller:
    """Somebody who may press."""
    return Caller(guarded.port, guarded.staff_token)


def test_a_repeat_gets_the_first_answer_whole(guarded: Guarded, staff: Caller) -> None:
    """The same words, and that the room has changed; the phase is five minutes longer, once."""
    before = guarded.room.now().phases[0].duration
    body = {"kind": "extend", "by": "5m"}
    first = ask(staff, f'"{UUID}"', body)
    again = [ask(staff, key, body) for key in (f'"{UUID}"', UUID)]
    assert first.json["changed"] is True
    assert [one.json for one in again] == [first.json, first.json]
    assert guarded.room.now().phases[0].duration == before + 300.0


def test_another_request_with_a_known_id_is_refused(guarded: Guarded, staff: Caller) -> None:
    """422, as the draft has it; the order of a body's fields makes no other request."""
    first = ask(staff, "volume-0123456789", {"kind": "volume", "level": "-2 dB", "output": None})
    same = ask(staff, "volume-0123456789", {"output": None, "level": "-2 dB", "kind": "volume"})
    other = ask(staff, "volume-0123456789", {"kind": "volume", "level": "-3 dB"})
    assert (first.status, same.json) == (200, first.json)
    assert (other.status, other.error) == (
        422,
        "This id belongs to another request. Send a new request with a new id.",
    )
    assert guarded.room.now().volumes["speakers"] == -2.0


def test_the_repeat_of_a_refusal_is_the_same_refusal(staff: Caller) -> None:
    """It says what was so at its time, whatever was pressed since."""
    first = ask(staff, "undo-number-12345", {"kind": "undo", "number": 999})
    assert first.status == 409
    ask(staff, "duck-0123456789abc", {"kind": "duck"})
    again = ask(staff, "undo-number-12345", {"kind": "undo", "number": 999})
    assert (again.status, again.json) == (409, first.json)


@pytest.mark.parametrize("key", ['""', "short", '"' + "x" * 65 + '"', '"a b c d e f g h i j"'])
def test_nonsense_is_answered_with_400(guarded: Guarded, staff: Caller, key: str) -> None:
    """The error says what an id looks like, and nothing is done."""
    before = guarded.room.ask(_pressed)
    for path, body in (("/v1/requests", {"kind": "chime"}), ("/v1/start", {"scene": "demo"})):
        answer = ask(staff, key, body, path)
        assert answer.status == 400
        assert "16 to 64" in answer.error
    assert guarded.room.ask(_pressed) == before


def test_a_viewer_hears_nothing_of_an_answer(guarded: Guarded, staff: Caller) -> None:
    """Who may not press is refused, whatever the id."""
    body = {"kind": "mute", "output": "staff"}
    ask(staff, "mute-0123456789ab", body)
    viewer = Caller(guarded.port, guarded.viewer_token)
    assert ask(viewer, "mute-0123456789ab", body).status == 403


def test_a_press_that_came_too_often_may_come_again(
    guarded: Guarded, staff: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit on presses is no answer: the same id is done once there is room for it."""
    body, name = {"kind": "lights", "level": "30%"}, "flood-0123456789"
    with monkeypatch.context() as patch:
        patch.setattr(PressLimiter, "check", _refuse)
        assert ask(staff, name, body).error == "Too many."
    assert not guarded.room.ask(lambda session: session.knows(name))
    first = ask(staff, name, body)
    with monkeypatch.context() as patch:
        patch.setattr(PressLimiter, "check", _refuse)
        assert ask(staff, name, body).json == first.json


def _refuse(*_: object) -> None:
    raise RefusedError("Too many.")


def _pressed(session: Session) -> object:
    return session.state.pressed


def test_two_ids_are_none(staff: Caller) -> None:
    """A request with two ids could be read in two ways."""
    line = f"Idempotency-Key: {UUID}\r\n"
    head = f"POST /v1/requests HTTP/1.1\r\nHost: localhost\r\n{line}{line}"
    assert b" 400 " in staff.say(f"{head}Content-Length: 0\r\n\r\n".encode())
