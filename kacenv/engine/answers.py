"""Answers to requests with an id: sent again, a request gets its first answer, and no more is done.

This is about one press that is sent several times. Two presses of a person have two ids; whether
the second is meant, `press_guard` asks.
"""

from dataclasses import replace
from typing import Any, Final, NamedTuple

from kacenv.core.errors import RefusedError, ReusedIdError
from kacenv.core.units import Seconds, on_grid
from kacenv.engine.state import Answer, State
from kacenv.model.fields import Model
from kacenv.model.requests import Request, Start

KEPT_FOR: Final = Seconds(600.0)
"""Time for which an answer is remembered, unless `MOST_KEPT` newer ones push it out."""
MOST_KEPT: Final = 512
"""Most answers that are remembered: of one surface that presses as fast as it may, 100 seconds'."""
LONGEST_ASKED: Final = 300
"""Most characters by which a request is told from another."""
_RECORD: Final[dict[str, Any]] = {
    "pressed": {},
    "left_so": {},
    "presses": 0,
    "kept": (),
    "answered": {},
}
"""What the state has of the press itself."""


class AskedAt(NamedTuple):
    """Request with an id, and when it was asked."""

    request_id: str
    request: Request
    now: Seconds


def answer_to(state: State, request: Request, request_id: str) -> Answer | None:
    """Return the answer that an id has had; None if the id is new.

    Raises:
        RefusedError: It was refused, in these words.
        ReusedIdError: The id is another request's.
    """
    answer = state.answered.get(request_id)
    if answer is None:
        return None
    if answer.asked != _asked(request):
        raise ReusedIdError("This id belongs to another request. Send a new request with a new id.")
    if answer.refused:
        raise RefusedError(answer.reply)
    return answer


def replied(asked_at: AskedAt, before: State, after: State, reply: str) -> State:
    """Return the state `after` a request that met the state `before`, with its reply kept."""
    request_id, request, now = asked_at
    changed = is_changed(before, after)
    return _with(after, request_id, Answer(_asked(request), on_grid(now), reply, changed))


def refused(asked_at: AskedAt, state: State, words: str) -> State:
    """Return the state, with the refusal of a request kept."""
    request_id, request, now = asked_at
    return _with(state, request_id, Answer(_asked(request), on_grid(now), words, refused=True))


def is_changed(before: State, after: State) -> bool:
    """Return True if anything but the record of the press itself changed."""
    return replace(before, **_RECORD) != replace(after, **_RECORD)


def _with(state: State, request_id: str, answer: Answer) -> State:
    """Keep an answer, and forget those that are old or too many."""
    young = {
        known: one
        for known, one in state.answered.items()
        if on_grid(answer.at - one.at) <= KEPT_FOR
    }
    kept = dict(list(young.items())[-(MOST_KEPT - 1) :])
    return state.changed(answered={**kept, request_id: answer})


def _asked(request: Request) -> str:
    """Return a text that tells a request from every other; of a start, its scene's title."""
    text = request.model_dump_json() if isinstance(request, Model) else type(request).__name__
    if isinstance(request, Start):
        text = f"{text} {request.timeline.title}"
    return text[:LONGEST_ASKED]
