"""What one step of the engine costs, in sessions of every size, and a whole rehearsal."""

import time
from collections.abc import Callable, Iterator

from support.sessions import a_phase, a_queue, a_room, a_timeline

from kacenv.config import House, load_room, load_session
from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.request_parser import press_of
from kacenv.model.requests import Start
from kacenv.model.room import Room
from kacenv.model.timeline import Timeline
from kacenv.rehearsal.simulation import rehearse

IDLE = 20_000
MEASURED = 120
"""Steps of which each is measured: as many in a short session as in a long one."""
ROUNDS = 3
PRESSES = ("extend 1m", "hold", "release", "volume -3dB", "lights 20%", "shorten 1m")


def report() -> Iterator[str]:
    """A step with nothing to do, steps of sessions of every size, and whole rehearsals."""
    house = House.find()
    room, timeline = load_room(house, "demo"), load_session(house, "couple-lozenge", "demo")
    state = step(State(room=room), Seconds(0.0), Start(timeline)).state
    idle = _cpu(lambda: [step(state, Seconds(1.0)) for _ in range(IDLE)]) / IDLE
    yield f"engine step, nothing due  {1e6 * idle:6.0f} µs"
    yield f"engine step, of a session {_step(timeline, 0):6.0f} µs, with finding when it is due"
    yield from _sizes("pieces", (10, 100, 1000, 10_000), lambda n: (_pieces(n, 3), 0))
    yield from _sizes("hours", (1, 3, 10), lambda n: (_pieces(300, n), 0))
    yield from _sizes("phases", (7, 100, 1000), lambda n: (_phases(n), 0))
    yield from _sizes("presses", (0, 100, 1000), lambda n: (_pieces(300, 3), n))
    yield from _rehearsals(room, timeline)


def _rehearsals(room: Room, timeline: Timeline) -> Iterator[str]:
    commands = sum(1 for _ in rehearse(room, timeline))
    whole = _cpu(lambda: list(rehearse(room, timeline)))
    yield f"three hours rehearsed     {1e3 * whole:6.0f} ms, {commands} commands"
    ten = _pieces(1000, 10)
    long = _cpu(lambda: list(rehearse(a_room(), ten)))
    yield f"ten hours, 1,000 pieces   {1e3 * long:6.0f} ms"


def _sizes(
    what: str, sizes: tuple[int, ...], made: Callable[[int], tuple[Timeline, int]]
) -> Iterator[str]:
    costs = [_step(*made(size)) for size in sizes]
    each = ", ".join(f"{size:,}: {cost:.0f}" for size, cost in zip(sizes, costs, strict=True))
    yield f"µs a step by {what:<8} {each}; {max(costs) / min(costs):.2f} times the least"


def _step(timeline: Timeline, presses: int) -> float:
    """Return the time of a step late in a session, in µs, after so many presses."""
    return min(_late_steps(timeline, presses) for _ in range(ROUNDS))


def _late_steps(timeline: Timeline, presses: int) -> float:
    state = step(State(room=a_room()), Seconds(0.0), Start(timeline)).state
    for number in range(presses):
        words = PRESSES[number % len(PRESSES)]
        try:
            state = step(state, Seconds(1.0 + 0.5 * number), press_of(words.split())).state
        except RefusedError:
            continue
    states = []
    while (due := next_due(state)) is not None:
        states.append((due, state))
        state = step(state, due).state
    return _again(states[1:-2][-MEASURED:])


def _again(states: list[tuple[Seconds, State]]) -> float:
    """Return the time of these steps, each with finding when the next is due, in µs."""

    def live() -> None:
        for due, state in states:
            next_due(step(state, due).state)

    return 1e6 * _cpu(live) / len(states)


def _cpu(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


def _pieces(number: int, hours: int) -> Timeline:
    return a_timeline(a_phase("peak", hours * 3600.0, queue=a_queue("music", [240.0] * number)))


def _phases(number: int) -> Timeline:
    return a_timeline(*(a_phase(f"phase-{n}", 120.0) for n in range(number)))
