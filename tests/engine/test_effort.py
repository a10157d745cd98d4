"""What a step costs depends neither on the plan's size nor on what was played or pressed."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

import pytest
from support.effort import CountedText, instructions
from support.sessions import a_cue, a_phase, a_queue, a_room, a_timeline

from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.playlist import Queue
from kacenv.model.request_parser import press_of
from kacenv.model.requests import Start
from kacenv.model.scene import Scene, Seat
from kacenv.model.timeline import Timeline, compile_timeline

MOST = 1.5
"""How many times the cost of a step in the smallest session one in the largest may have."""
LOOKED_AT = 100
"""Steps of a session, of any of its hours, whose effort is counted."""


def counted(queue: Queue, energy: int | None = None) -> Queue:
    """The queue with names that count whatever looks at them."""
    cuts = (replace(cut, path=CountedText(cut.path), energy=energy) for cut in queue.cuts)
    return replace(queue, cuts=tuple(cuts))


def pieces(number: int, hours: float = 2.0, lean: bool = False, **fields: Any) -> Timeline:
    """One long phase that plays so many pieces of two minutes."""
    queue = counted(a_queue("music", [120.0] * number, **fields), 3 if lean else None)
    return a_timeline(a_phase("peak", hours * 3600.0, queue=queue))


def effort_of_a_step(timeline: Timeline, *words: str) -> float:
    """The instructions and comparisons of a step once the session has begun, on average."""
    state = step(State(room=a_room()), Seconds(0.0), Start(timeline)).state
    for word in words:
        state = step(state, Seconds(1.0), press_of(word.split())).state
    states = [state]
    while (due := next_due(states[-1])) is not None:
        states.append(step(states[-1], due).state)
    lived = states[:-1]
    some = Random(1).sample(lived, min(len(lived), LOOKED_AT))  # noqa: S311 - chance, not a secret
    for one in some:
        next_due(one)
    CountedText.seen = 0
    done = instructions(lambda: list(map(live_on, some)))
    return (done + CountedText.seen) / len(some)


def live_on(state: State) -> State:
    """Return the session after its next step."""
    due = next_due(state)
    assert due is not None
    return step(state, due).state


@pytest.mark.parametrize(
    "fields",
    [{}, {"shuffle_seed": 7}, {"repeat": False}, {"crossfade": Seconds(0.0)}],
    ids=str,
)
def test_long_playlists_cost_no_more(fields: dict[str, Any]) -> None:
    """A step among a thousand pieces is as quick as one among ten."""
    few, many = pieces(10, **fields), pieces(1000, **fields)
    assert effort_of_a_step(many) < MOST * effort_of_a_step(few)


def test_livelier_pieces_are_found_as_quickly_among_many() -> None:
    """A lean towards energy looks through no list."""
    costs = [effort_of_a_step(pieces(n, lean=True), "intensity up") for n in (10, 1000)]
    assert costs[1] < MOST * costs[0]


def test_what_was_played_costs_nothing() -> None:
    """In the tenth hour a step is as quick as in the first."""
    hours = [effort_of_a_step(pieces(300, hours)) for hours in (1.0, 10.0)]
    assert hours[1] < MOST * hours[0]


def test_a_playlist_that_has_run_dry_costs_nothing() -> None:
    """Where no pool stands in for it, a step of the tenth hour is as quick as one of the first."""
    hours = [effort_of_a_step(pieces(1, hours, repeat=False)) for hours in (1.0, 10.0)]
    assert hours[1] < MOST * hours[0]


def test_long_plans_cost_no_more() -> None:
    """A step in a plan of three hundred phases and check-ins is as quick as in one of seven."""

    def plan(number: int) -> Timeline:
        phases = [a_phase(f"phase-{n}", 60.0) for n in range(number)]
        cues = [a_cue(f"cue-{n}", 60.0 * n + 1.0) for n in range(number)]
        seats = [replace(cue, seat=Seat.A) for cue in cues]
        return a_timeline(*phases, cues=tuple(cues), seat_cues=tuple(seats))

    costs = [effort_of_a_step(plan(n), "seat a started") for n in (7, 300)]
    assert costs[1] < MOST * costs[0]


def growth(act: Callable[[int], object]) -> float:
    """How many times more effort ten times as much is."""
    efforts = [instructions(partial(act, size)) for size in (30, 300)]
    return efforts[1] / efforts[0]


def test_compiling_grows_as_the_plan_does() -> None:
    """Ten times as many phases and check-ins take about ten times as long to compile."""

    def scene(number: int) -> Scene:
        return Scene.model_validate(
            {
                "title": "Long",
                "phases": [
                    {"name": f"phase-{n}", "duration": "1m", "playlist": "music"}
                    for n in range(number)
                ],
                "check_ins": [
                    {"at": "10s", "phases": [f"phase-{n}"], "prompt": "Look in"}
                    for n in range(number)
                ],
            }
        )

    scenes = {number: scene(number) for number in (30, 300)}
    queues = {"music": a_queue("music")}
    assert growth(lambda size: compile_timeline(scenes[size], a_room(), queues)) < 10 * MOST
