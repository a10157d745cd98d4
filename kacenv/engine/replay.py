"""Replay of journal entries through the engine, to the state at the time of the outage."""

from collections.abc import Iterable
from typing import NamedTuple

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds
from kacenv.engine import answers
from kacenv.engine.state import State
from kacenv.engine.step import step
from kacenv.model.mode import Mode
from kacenv.model.requests import Request

GIVEN_UP_AFTER = Seconds(6 * 3600.0)
"""Age above which a session that broke off isn't resumed."""


class JournaledRequest(NamedTuple):
    """Request or device event, and the engine's time when it was handled.

    It may have an id; one that was `refused`, in these words, is kept for the sake of its id alone.
    """

    at: Seconds
    request: Request
    request_id: str = ""
    refused: str = ""


def replay(state: State, entries: Iterable[JournaledRequest]) -> State:
    """Return the state after `entries`, from `state`.

    An entry that is refused, because one before it was lost, is skipped.
    """
    for entry in entries:
        try:
            state = _after(state, entry)
        except RefusedError:
            continue
    return state


def _after(state: State, entry: JournaledRequest) -> State:
    at, request, request_id, refused = entry
    if refused:
        return answers.refused(answers.AskedAt(request_id, request, at), state, refused)
    return step(state, at, request, request_id).state


def is_on(state: State) -> bool:
    """Return True if there is a session to resume."""
    return state.mode is not Mode.IDLE
