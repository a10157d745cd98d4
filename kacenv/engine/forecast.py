"""Forecast of the music: what the engine orders from a state on if nothing comes between."""

from collections.abc import Iterator
from typing import Any, Final

from kacenv.core.units import Seconds
from kacenv.engine.state import LightHand, State
from kacenv.engine.step import next_due, step
from kacenv.model.commands import Crossfade, CueTrack, ScheduledCommand, SetLevel

_BESIDE: Final[dict[str, Any]] = {
    "due": (),
    "seats": {},
    "phase_seen": Seconds(-1.0),
    "session_seen": Seconds(-1.0),
    "waiting_told": False,
    "told": frozenset(),
    "volumes": {},
    "muted": frozenset(),
    "ducked": False,
    "hushed": False,
    "light": {},
    "light_hand": LightHand.PLAN,
    "pressed": {},
    "left_so": {},
    "presses": 0,
    "kept": (),
    "answered": {},
}
"""What of a state doesn't decide which music comes when."""


def forecast(state: State, until: Seconds) -> Iterator[ScheduledCommand]:
    """Yield the orders for the music that the engine gives by `until`, in order.

    The engine is a pure function: these are the very orders, with the same play ids, unless a
    request or an event comes between.
    """
    while (at := next_due(state)) is not None and at <= until:
        state, commands, _ = step(state, at)
        for command in commands:
            if isinstance(command, CueTrack | Crossfade | SetLevel):
                yield ScheduledCommand(at, command)


def is_same_music(one: State, other: State) -> bool:
    """Return True if two states surely have the same forecast."""
    return one is other or one.changed(**_BESIDE) == other.changed(**_BESIDE)
