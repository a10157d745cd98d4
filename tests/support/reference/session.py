"""The whole session: from moment to moment, and press to press."""

from collections.abc import Sequence

from support.reference import phases
from support.reference.moments import run_until
from support.reference.music import Choice
from support.reference.plan import Millis, Plan
from support.reference.presses import Answer, press
from support.reference.state import Happening, State

from kacenv.model.requests import Press


def simulate(
    plan: Plan, presses: Sequence[tuple[Millis, Press]], choose: Choice
) -> tuple[list[Happening], list[Answer]]:
    """Return what happens in a session that begins at 0, and how each press is answered."""
    state = State(plan, durations=[phase.duration for phase in plan.phases])
    phases.enter(state, 0, choose)
    answers = []
    for at, request in presses:
        run_until(state, at, choose)
        answers.append(press(state, request, choose))
    run_until(state, None, choose)
    return state.happenings, answers
