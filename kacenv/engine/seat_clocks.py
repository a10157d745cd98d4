"""Seat clocks, and the phases that wait for them."""

from kacenv.core.units import format_clock
from kacenv.engine import phases
from kacenv.engine.state import SeatClock, State, Stopwatch
from kacenv.engine.step_context import StepContext
from kacenv.model.mode import Mode
from kacenv.model.requests import SeatStarted
from kacenv.model.scene import Follow, Seat


def press(turn: StepContext, request: SeatStarted) -> str:
    """Start a seat's clock, or reset it."""
    seat, clock = request.seat, turn.state.seats.get(request.seat)
    name = f"Seat {seat.upper()}"
    if not request.started:
        return f"{name} has not begun." if clock is None else _set_back(turn, seat, name)
    if clock is not None:
        return f"{name} began {format_clock(turn.now - clock.since)} ago already."
    turn.change(seats={**turn.state.seats, seat: SeatClock(turn.now)})
    return f"{name} has begun. {_follow(turn)}".rstrip()


def _set_back(turn: StepContext, seat: Seat, name: str) -> str:
    """Take a seat's clock away, and with it the check-ins that came or were put off on it."""
    state = turn.state
    turn.change(
        seats={one: clock for one, clock in state.seats.items() if one is not seat},
        due=tuple(due for due in state.due if due.cue.seat is not seat),
    )
    return f"{name} is set back."


def _follow(turn: StepContext) -> str:
    """Advance or restart the phase that waits for the seat just begun, if there is one."""
    state = turn.state
    if state.returning or state.plan.waits_in is None or not _is_awaited(state):
        return ""
    if state.phase == state.plan.waits_in:
        if state.mode is Mode.HELD:
            return "You are holding; go on with: kacenv next"
        phases.leave(turn)
        return f"Going on to {turn.state.planned.name}."
    if state.phase == state.plan.waits_in + 1 and state.mode is not Mode.HELD:
        turn.change(phase_clock=Stopwatch(since=turn.now))
        return f"{state.planned.name.capitalize()} counts from now."
    return ""


def _is_awaited(state: State) -> bool:
    """Return True if the seat just begun is the one that the phases follow."""
    awaited = {Follow.EARLIER: 1, Follow.LATER: len(Seat)}
    return awaited.get(state.plan.follow) == len(state.seats)
