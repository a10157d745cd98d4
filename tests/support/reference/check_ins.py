"""When check-ins come, on which clock, and what becomes of them."""

from collections.abc import Iterator

from support.reference.plan import CheckIn, Millis
from support.reference.state import State

from kacenv.model.mode import Mode


def next_check_in(state: State) -> Millis | None:
    """Return when the next check-in comes, if time runs on as it does now."""
    return min((at for at, _ in _coming(state)), default=None)


def ring(state: State) -> None:
    """Let all check-ins of this moment come, each once, in the order of the plan."""
    for one in dict.fromkeys(one for at, one in _coming(state) if at == state.now):
        _come(state, one)
    state.told_up_to = max(state.told_up_to, state.phase_clock)
    state.session_told_up_to = max(state.session_told_up_to, state.session_clock)
    state.seat_told_up_to.update(state.seat_clocks)


def _come(state: State, check_in: str) -> None:
    state.snoozed.pop(check_in, None)
    answer(state, check_in)
    state.due.append((check_in, state.now))
    state.say("prompt", check_in)


def answer(state: State, check_in: str) -> None:
    """Take a check-in from those that are due."""
    state.due = [(name, since) for name, since in state.due if name != check_in]


def ring_missed(state: State, *known: list[tuple[str, Millis]]) -> None:
    """Let the check-ins come now that came due unnoticed."""
    for check_in, since in state.due:
        if not any((check_in, since) in some for some in known):
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


def pass_over_phases(state: State, until: int) -> None:
    """Tell which check-ins of this phase, and of those before `until`, won't come any more."""
    _pass_over(state, state.phase.check_ins, state.told_up_to)
    for phase in state.plan.phases[state.index + 1 : until]:
        _pass_over(state, phase.check_ins, -1)


def pass_over_all(state: State) -> None:
    """Tell which check-ins won't come any more when the last fade begins."""
    pass_over_phases(state, state.index + 1)
    _pass_over(state, state.plan.check_ins, state.session_told_up_to)
    for one in state.plan.seat_check_ins:
        begun = one.seat in state.seat_clocks
        _pass_over(state, (one,), state.seat_told_up_to[one.seat] if begun and one.seat else -1)
    for check_in in state.snoozed:
        state.say("passed", check_in)
    state.snoozed = {}


def _pass_over(state: State, check_ins: tuple[CheckIn, ...], told: Millis) -> None:
    for one in check_ins:
        if one.every is None and one.at > told:
            state.say("passed", one.id)


def _on(
    state: State, check_ins: tuple[CheckIn, ...], clock: Millis, told: Millis
) -> Iterator[tuple[Millis, str]]:
    """Yield the next moment of each check-in on a clock that shows `clock`."""
    for one in check_ins:
        moment = one.first_after(told)
        if moment is not None:
            yield state.now + moment - clock, one.id
