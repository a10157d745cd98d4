"""Due actions of the plan: the next one of a state, and the doing of all that are due."""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from kacenv.core.derived import derived
from kacenv.core.units import Seconds, on_grid
from kacenv.engine import check_ins, phases, track_changes
from kacenv.engine.state import State
from kacenv.engine.step_context import StepContext
from kacenv.model.commands import Notice
from kacenv.model.mode import Mode


class DueAction(NamedTuple):
    """Action of the engine's own, and its time."""

    at: Seconds
    happen: Callable[[StepContext], None]


def catch_up(turn: StepContext, earliest: Seconds = Seconds(-math.inf)) -> None:
    """Do all that is due by now, each at its own time, but never before `earliest`."""
    now = turn.now
    while (due := next_action(turn.state)) is not None and due.at <= now:
        earliest = turn.now = max(earliest, due.at)
        due.happen(turn)
    turn.now = now


@derived
def next_action(state: State) -> DueAction | None:
    """Return the earliest action; of those in the same millisecond, the one listed first."""
    return min(_dues(state), key=lambda due: due.at, default=None)


def _dues(state: State) -> Iterator[DueAction]:
    if state.mode is Mode.FADING and state.ends_at is not None:
        yield DueAction(state.ends_at, phases.end_session)
    if state.mode not in {Mode.RUNNING, Mode.RETURNING, Mode.HELD}:
        return
    times = (
        (check_ins.next_session_cue(state), check_ins.ring_session_cues),
        (check_ins.next_phase_cue(state), check_ins.ring_phase_cues),
        (check_ins.next_snoozed(state), check_ins.ring_snoozed),
        (check_ins.next_seat_cue(state), check_ins.ring_seat_cues),
        (phases.waits_from(state), _say_waiting),
        (phases.ends_at(state), phases.end_by_itself),
        (phases.change_at(state), track_changes.play_next),
        (state.retry_at, track_changes.try_again),
        (_cue_at(state), _cue_upcoming),
    )
    yield from (DueAction(at, happen) for at, happen in times if at is not None)


def _say_waiting(turn: StepContext) -> None:
    turn.change(waiting_told=True)
    name = turn.state.planned.name
    turn.order(Notice(f"{name.capitalize()} waits for you. Go on with: kacenv next", turn.now))


def _cue_at(state: State) -> Seconds | None:
    upcoming = phases.upcoming_track(state)
    if upcoming is None or (state.cued and state.cued.cut == upcoming.cut):
        return None
    return on_grid(upcoming.at - track_changes.PREROLL)


def _cue_upcoming(turn: StepContext) -> None:
    upcoming = phases.upcoming_track(turn.state)
    if upcoming is not None:
        track_changes.cue(turn, upcoming.cut, joins=upcoming.joins)
