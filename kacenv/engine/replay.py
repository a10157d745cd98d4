"""Replay of journal entries through the engine, to the state at the time of the outage."""

from collections.abc import Iterable
from typing import NamedTuple

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.engine.step import step
from kacenv.model.mode import Mode
from kacenv.model.requests import Request

GIVEN_UP_AFTER = Seconds(6 * 3600.0)
"""Age above which a session that broke off isn't resumed."""


class JournaledRequest(NamedTuple):
    """Request or device event, and the engine's time when it was handled."""

    at: Seconds
    request: Request


def replay(state: State, entries: Iterable[JournaledRequest]) -> State:
    """Return the state after `entries`, from `state`.

    An entry that is refused, because one before it was lost, is skipped.
    """
    for entry in entries:
        try:
            state = step(state, entry.at, entry.request).state
        except RefusedError:
            continue
    return state


def is_on(state: State) -> bool:
    """Return True if there is a session to resume."""
    return state.mode is not Mode.IDLE
