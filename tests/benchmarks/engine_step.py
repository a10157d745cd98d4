"""What one step of the engine costs, and a whole rehearsal."""

import time
from collections.abc import Iterator

from kacenv.config import House, load_room, load_session
from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.requests import Start
from kacenv.rehearsal.simulation import rehearse

STEPS = 20_000


def report() -> Iterator[str]:
    """A step with nothing to do, the steps of a session, and a session three hours long."""
    house = House.find()
    room, timeline = load_room(house, "demo"), load_session(house, "couple-lozenge", "demo")
    state = step(State(room=room), Seconds(0.0), Start(timeline)).state
    start = time.perf_counter()
    for _ in range(STEPS):
        step(state, Seconds(1.0))
    idle = (time.perf_counter() - start) / STEPS
    start, count = time.perf_counter(), 0
    while (due := next_due(state)) is not None:
        state, count = step(state, due).state, count + 1
    busy = (time.perf_counter() - start) / count
    start = time.perf_counter()
    commands = sum(1 for _ in rehearse(room, timeline))
    whole = time.perf_counter() - start
    yield f"engine step, nothing due  {1e6 * idle:6.0f} µs"
    yield f"engine step, of a session {1e6 * busy:6.0f} µs, with finding when it is due"
    yield f"three hours rehearsed     {1e3 * whole:6.0f} ms, {commands} commands"
