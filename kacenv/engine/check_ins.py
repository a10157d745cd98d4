"""Check-ins: each is shown once or reported as skipped, and stays due until staff answer."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds, format_seconds, on_grid
from kacenv.engine import agenda
from kacenv.engine.agenda import Agenda
from kacenv.engine.state import Due, State, Stopwatch
from kacenv.engine.step_context import StepContext
from kacenv.model.commands import Notice, Prompt, StrikeChime
from kacenv.model.requests import Done, Pass, Snooze
from kacenv.model.scene import Seat
from kacenv.model.timeline import Cue

NONE_DUE = "No check-in is due."


def next_phase_cue(state: State) -> Seconds | None:
    """Return the time of the next check-in on the phase's clock; None without one."""
    return _next(agenda.of_phase(state.planned), state.phase_clock, state.phase_seen)


def next_session_cue(state: State) -> Seconds | None:
    """Return the time of the next check-in on the session's clock; None without one."""
    return _next(agenda.of_session(state.plan), state.session_clock, state.session_seen)


def _next(cues: Agenda, clock: Stopwatch, seen: Seconds) -> Seconds | None:
    reading = cues.next_after(seen)
    return None if reading is None else clock.when(reading)


def ring_phase_cues(turn: StepContext) -> None:
    """Show the check-ins due on the phase's clock."""
    cues = agenda.of_phase(turn.state.planned)
    turn.change(phase_seen=_ring(turn, cues, turn.state.phase_seen))


def ring_session_cues(turn: StepContext) -> None:
    """Show the check-ins due on the session's clock."""
    cues = agenda.of_session(turn.state.plan)
    turn.change(session_seen=_ring(turn, cues, turn.state.session_seen))


def _ring(turn: StepContext, cues: Agenda, seen: Seconds) -> Seconds:
    """Show every check-in of the next reading, and return that reading."""
    for cue in cues.coming(seen):
        _show(turn, cue)
    reading = cues.next_after(seen)
    return seen if reading is None else reading


def next_seat_cue(state: State) -> Seconds | None:
    """Return the time of the next check-in on a seat's clock; a hold doesn't stop seat clocks."""
    return min((moment.at for moment in _seat_moments(state)), default=None)


def ring_seat_cues(turn: StepContext) -> None:
    """Show the check-ins due on the seat clock that comes first."""
    first = min(_seat_moments(turn.state), key=lambda moment: moment.at)
    clock = turn.state.seats[first.seat]
    seen = _ring(turn, agenda.of_seat(turn.state.plan, first.seat), clock.seen)
    turn.change(seats={**turn.state.seats, first.seat: replace(clock, seen=seen)})


class _SeatMoment(NamedTuple):
    at: Seconds
    seat: Seat


def _seat_moments(state: State) -> Iterator[_SeatMoment]:
    for seat, clock in state.seats.items():
        reading = agenda.of_seat(state.plan, seat).next_after(clock.seen)
        if reading is not None:
            yield _SeatMoment(on_grid(clock.since + reading), seat)


def _show(turn: StepContext, cue: Cue) -> None:
    """Show a check-in; if it is due already, it becomes due anew."""
    _order(turn, cue)
    turn.change(due=(*_without(turn.state, cue.id), Due(cue, turn.now)))


def _order(turn: StepContext, cue: Cue) -> None:
    turn.order(Prompt(cue.id, cue.prompt, turn.now))
    if cue.chime is not None:
        turn.order(StrikeChime(cue.chime, cue.audience, turn.now))


def ring_missed(turn: StepContext, before: State, shown: State) -> None:
    """Show now the check-ins that came due after `before`, but for those due in `shown`, too."""
    known = {(due.cue.id, due.since) for due in (*before.due, *shown.due)}
    for due in turn.state.due:
        if (due.cue.id, due.since) not in known:
            _order(turn, due.cue)


def _without(state: State, name: str) -> tuple[Due, ...]:
    return tuple(due for due in state.due if due.cue.id != name)


def next_snoozed(state: State) -> Seconds | None:
    """Return the time at which the next snoozed check-in returns; None while time is held."""
    readings = [due.again for due in state.due if due.again is not None]
    return state.session_clock.when(min(readings)) if readings else None


def ring_snoozed(turn: StepContext) -> None:
    """Show the snoozed check-in that is due first."""
    snoozed = [(due.again, due.cue) for due in turn.state.due if due.again is not None]
    _show(turn, min(snoozed, key=lambda pair: pair[0])[1])


def answer(turn: StepContext, request: Done | Snooze | Pass) -> str:
    """Answer a due check-in: done, snoozed, or let pass.

    Raises:
        RefusedError: there is no such check-in.
    """
    due = _meant(turn.state, request.check_in)
    if due is None:
        return f"{request.check_in} isn't due." if request.check_in else NONE_DUE
    if isinstance(request, Snooze):
        return _snooze(turn, due, request.by)
    turn.change(due=_without(turn.state, due.cue.id))
    return f"{'Done' if isinstance(request, Done) else 'Let pass'}: {due.cue.prompt}."


def _snooze(turn: StepContext, due: Due, by: Seconds) -> str:
    later = replace(due, again=on_grid(turn.state.session_clock.reading(turn.now) + by))
    turn.change(due=tuple(later if one == due else one for one in turn.state.due))
    return f"Again in {format_seconds(by)}: {due.cue.prompt}."


def _meant(state: State, name: str | None) -> Due | None:
    """Return the named check-in, or the oldest that isn't snoozed."""
    if name is None:
        return next((due for due in state.due if due.again is None), None)
    known = sorted({cue.id for cue in _every_cue(state)})
    if name not in known:
        raise RefusedError(f"There is no check-in {name}; there is: {', '.join(known) or 'none'}.")
    return next((due for due in state.due if due.cue.id == name), None)


def _every_cue(state: State) -> Iterator[Cue]:
    yield from state.plan.cues
    yield from state.plan.seat_cues
    for phase in state.plan.phases:
        yield from phase.cues


def pass_over_phases(turn: StepContext, until: int) -> None:
    """Tell staff which check-ins of this phase, and of those skipped before `until`, won't come."""
    state = turn.state
    _pass_over(turn, state.planned.cues, state.phase_seen)
    for skipped in state.plan.phases[state.phase + 1 : until]:
        _pass_over(turn, skipped.cues, Seconds(-1.0))


def pass_over_session(turn: StepContext) -> None:
    """Tell staff which check-ins of the session won't come, snoozed ones among them."""
    _pass_over(turn, turn.state.plan.cues, turn.state.session_seen)
    for seat in Seat:
        clock = turn.state.seats.get(seat)
        _pass_over(turn, turn.state.plan.cues_of(seat), clock.seen if clock else Seconds(-1.0))
    snoozed = [due.cue.prompt for due in turn.state.due if due.again is not None]
    if snoozed:
        turn.change(due=tuple(due for due in turn.state.due if due.again is None))
        text = f"Still snoozed at the end: {', '.join(snoozed)}."
        turn.order(Notice(text, turn.now, tuple(snoozed)))


def _pass_over(turn: StepContext, cues: Iterable[Cue], seen: Seconds) -> None:
    missed = [cue.prompt for cue in cues if cue.every is None and cue.at > seen]
    if missed:
        turn.order(Notice(f"Passed over: {', '.join(missed)}.", turn.now, tuple(missed)))
