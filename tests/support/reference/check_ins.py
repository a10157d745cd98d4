"""When check-ins come, on which clock, and what becomes of them."""

from collections.abc import Iterator

from support.reference.plan import CheckIn, Millis
from support.reference.state import State

from kacenv.model.mode import Mode


def next_check_in(state: State) -> Millis | None:
    """Return when the next check-in comes, if time runs on as it does now."""
    return min((at for at, _ in _coming(state)), default=None)


def ring(state: State) -> None:
    """Let all check-ins of this moment come, in the order of the plan."""
    for at, one in sorted(_coming(state), key=lambda pair: pair[0]):
        if at == state.now:
            _come(state, one)
    state.told_up_to = max(state.told_up_to, state.phase_clock)
    state.session_told_up_to = max(state.session_told_up_to, state.session_clock)
    state.seat_told_up_to.update(state.seat_clocks)


def _come(state: State, check_in: str) -> None:
    state.snoozed.pop(check_in, None)
    if check_in in state.due:
        state.due.remove(check_in)
    state.due.append(check_in)
    state.say("prompt", check_in)


def _coming(state: State) -> Iterator[tuple[Millis, str]]:
    if state.mode in {Mode.FADING, Mode.IDLE}:
        return
    if state.time_runs:
        yield from _on(state, state.plan.check_ins, state.session_clock, state.session_told_up_to)
        yield from _on(state, state.phase.check_ins, state.phase_clock, state.told_up_to)
        for check_in, moment in state.snoozed.items():
            yield state.now + moment - state.session_clock, check_in
    for seat, clock in state.seat_clocks.items():
        own = tuple(one for one in state.plan.seat_check_ins if one.seat is seat)
        yield from _on(state, own, clock, state.seat_told_up_to[seat])


def _on(
    state: State, check_ins: tuple[CheckIn, ...], clock: Millis, told: Millis
) -> Iterator[tuple[Millis, str]]:
    """Yield the next moment of each check-in on a clock that shows `clock`."""
    for one in check_ins:
        moment = one.first_after(told)
        if moment is not None:
            yield state.now + moment - clock, one.id
