"""Steps of the engine in a session of one long phase."""

from support.sessions import a_phase, a_queue, a_room, a_timeline

from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.engine.step import Step, next_due, step
from kacenv.model.commands import Command
from kacenv.model.playlist import Queue
from kacenv.model.requests import Request, Start


def started(queue: Queue | None = None) -> State:
    """A session of one long phase that has just begun."""
    peak = a_phase("peak", 3600.0, queue=queue or a_queue("peak"))
    line = a_timeline(peak, a_phase("return"))
    return step(State(room=a_room()), Seconds(0.0), Start(line)).state


def at(state: State, now: float, request: Request | None = None) -> Step:
    """The step at `now`."""
    return step(state, Seconds(now), request)


def following(state: State, until: float) -> tuple[State, list[Command]]:
    """The state at `until`, and all that was ordered on the way."""
    given: list[Command] = []
    while (due := next_due(state)) is not None and due <= until:
        state, ordered, _ = at(state, due)
        given += ordered
    return state, given
