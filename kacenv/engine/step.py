"""Session state machine: `(state, now, request) -> (state, commands)`; pure and deterministic.

The engine has no clock: its caller passes the time. `step` first does all that came due by then,
in order, then answers the request. The result doesn't depend on how often it is called.
"""

import math
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from kacenv.core.derived import derived
from kacenv.core.units import Seconds
from kacenv.engine import check_ins, device_events, handlers, phases, resume, track_changes
from kacenv.engine.state import Due, LightHand, Playing, State, Stopwatch
from kacenv.engine.step_context import StepContext
from kacenv.model.commands import Command, Notice
from kacenv.model.mode import Mode
from kacenv.model.requests import (
    DeadAir,
    Event,
    Press,
    Request,
    Resume,
    Start,
    TrackEnded,
    TrackFailed,
    TrackStarted,
)

LEAD: Final = Seconds(0.2)
"""Lead (s) of the engine over the room's clock, so that every command arrives in time."""

__all__ = [
    "LEAD",
    "Due",
    "LightHand",
    "Playing",
    "State",
    "Step",
    "Stopwatch",
    "next_due",
    "step",
]


class Step(NamedTuple):
    """Result of one step: the new state, commands for the devices, and a reply to the caller."""

    state: State
    commands: tuple[Command, ...]
    reply: str = ""


class _Due(NamedTuple):
    at: Seconds
    happen: Callable[[StepContext], None]


def step(state: State, now: Seconds, request: Request | None = None) -> Step:
    """Do all that is due by `now`, then handle `request`.

    Raises:
        RefusedError: the request makes no sense now; the state is unchanged.
    """
    turn = StepContext(state, now)
    if isinstance(request, Resume):
        _resume(turn, request)
        reply = ""
    else:
        _catch_up(turn)
        reply = _answer(turn, request) if request is not None else ""
    _catch_up(turn, now)
    return Step(turn.state, tuple(turn.commands), reply)


def _resume(turn: StepContext, request: Resume) -> None:
    """Do all that was due before the outage, then skip what came due during it."""
    now, turn.now = turn.now, request.since
    _catch_up(turn)
    turn.commands.clear()
    held = resume.was_long(turn.state, request.since, now)
    if held:
        resume.hold(turn)
    turn.now = now
    _catch_up(turn)
    passed_over = resume.missed(turn.commands)
    turn.commands.clear()
    resume.count_lives(turn, request)
    resume.carry_on(turn, request, held, passed_over)


def next_due(state: State) -> Seconds | None:
    """Return the time of the engine's next own action; None without one."""
    due = _next(state)
    return None if due is None else due.at


def _catch_up(turn: StepContext, earliest: Seconds = Seconds(-math.inf)) -> None:
    """Do all that is due by now, each at its own time, but never before `earliest`."""
    now = turn.now
    while (due := _next(turn.state)) is not None and due.at <= now:
        earliest = turn.now = max(earliest, due.at)
        due.happen(turn)
    turn.now = now


def _answer(turn: StepContext, request: Start | Press | Event) -> str:
    match request:
        case Start():
            return handlers.start(turn, request)
        case DeadAir():
            return device_events.dead_air(turn, request)
        case TrackStarted() | TrackEnded() | TrackFailed():
            return device_events.event(turn, request)
        case _:
            return handlers.press(turn, request)


@derived
def _next(state: State) -> _Due | None:
    """Return the earliest action; of those in the same millisecond, the one listed first."""
    return min(_dues(state), key=lambda due: round(due.at, 3), default=None)


def _dues(state: State) -> Iterator[_Due]:
    if state.mode is Mode.FADING and state.ends_at is not None:
        yield _Due(state.ends_at, phases.end_session)
    if state.mode not in {Mode.RUNNING, Mode.RETURNING, Mode.HELD}:
        return
    times = (
        (check_ins.next_session_cue(state), check_ins.ring_session_cues),
        (check_ins.next_phase_cue(state), check_ins.ring_phase_cues),
        (check_ins.next_snoozed(state), check_ins.ring_snoozed),
        (check_ins.next_seat_cue(state), check_ins.ring_seat_cues),
        (phases.waits_from(state), _say_waiting),
        (phases.ends_at(state), phases.leave),
        (phases.change_at(state), track_changes.play_next),
        (state.retry_at, track_changes.try_again),
        (_cue_at(state), _cue_upcoming),
    )
    yield from (_Due(at, happen) for at, happen in times if at is not None)


def _say_waiting(turn: StepContext) -> None:
    turn.change(waiting_told=True)
    name = turn.state.planned.name
    turn.order(Notice(f"{name.capitalize()} waits for you. Go on with: kacenv next", turn.now))


def _cue_at(state: State) -> Seconds | None:
    upcoming = phases.upcoming_cut(state)
    if upcoming is None or (state.cued and state.cued.cut == upcoming[0]):
        return None
    return Seconds(upcoming[1] - track_changes.PREROLL)


def _cue_upcoming(turn: StepContext) -> None:
    upcoming = phases.upcoming_cut(turn.state)
    if upcoming is not None:
        track_changes.cue(turn, upcoming[0])
