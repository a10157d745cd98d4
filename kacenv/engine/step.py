"""Session state machine: `(state, now, request) -> (state, commands)`; pure and deterministic.

The engine has no clock: its caller passes the time. `step` first does all that came due by then,
in order, then answers the request. The result doesn't depend on how often it is called.
"""

from typing import Final, NamedTuple

from kacenv.core.units import Seconds, on_grid
from kacenv.engine import answers, device_events, due, handlers, resume, undo
from kacenv.engine.state import Due, LightHand, Playing, State, Stopwatch
from kacenv.engine.step_context import StepContext
from kacenv.model.commands import Command
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


def step(state: State, now: Seconds, request: Request | None = None, request_id: str = "") -> Step:
    """Do all that is due by `now`, then handle `request`; if its id is known, only answer again.

    Raises:
        RefusedError: the request makes no sense now, or its id is another's; nothing is changed.
    """
    if request is None or not request_id:
        return _taken(state, now, request)
    known = answers.answer_to(state, request, request_id)
    if known is not None:
        return Step(state, (), known.reply)
    done = _taken(state, now, request)
    asked_at = answers.AskedAt(request_id, request, now)
    return done._replace(state=answers.replied(asked_at, state, done.state, done.reply))


def _taken(state: State, now: Seconds, request: Request | None) -> Step:
    now = on_grid(now)
    turn = StepContext(state, now)
    if isinstance(request, Resume):
        _resume(turn, request)
        reply = ""
        due.catch_up(turn, now)
        return Step(turn.state, tuple(turn.commands), reply)
    due.catch_up(turn)
    heard = undo.remember_notices(turn, 0)
    reply = _answer(turn, request) if request is not None else ""
    due.catch_up(turn, now)
    undo.remember_notices(turn, heard)
    return Step(turn.state, tuple(turn.commands), reply)


def _resume(turn: StepContext, request: Resume) -> None:
    """Do all that was due before the outage, then skip what came due during it."""
    now, turn.now = turn.now, on_grid(request.since)
    due.catch_up(turn)
    turn.commands.clear()
    held = resume.was_long(turn.state, request.since, now)
    if held:
        resume.hold(turn)
    turn.now = now
    due.catch_up(turn)
    passed_over = resume.missed(turn.commands)
    turn.commands.clear()
    resume.count_lives(turn, request)
    resume.carry_on(turn, request, held, passed_over)


def next_due(state: State) -> Seconds | None:
    """Return the time of the engine's next own action; None without one."""
    action = due.next_action(state)
    return None if action is None else action.at


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
