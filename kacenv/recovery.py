"""Recovery: what was written down, folded by the same engine into what the room should be now."""

from collections.abc import Iterable
from typing import NamedTuple

from kacenv.engine import Mode, State, step
from kacenv.errors import RefusedError
from kacenv.requests import Request
from kacenv.units import Seconds

GIVEN_UP_AFTER = Seconds(6 * 3600.0)
"""A session that broke off longer ago than this belongs to another day."""


class Entry(NamedTuple):
    """A request or a report, and when the engine took it."""

    at: Seconds
    request: Request


def fold(state: State, entries: Iterable[Entry]) -> State:
    """The state that `entries` lead to, from `state`.

    An entry that makes no sense any more, because one before it was lost, is left out.
    """
    for entry in entries:
        try:
            state = step(state, entry.at, entry.request).state
        except RefusedError:
            continue
    return state


def is_on(state: State) -> bool:
    """Whether there is a session to come back to."""
    return state.mode is not Mode.IDLE
