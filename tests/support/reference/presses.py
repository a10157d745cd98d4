"""What a press does, and whether it does anything."""

from collections.abc import Callable
from typing import Final

from support.reference import light, phases
from support.reference.music import Choice
from support.reference.plan import millis
from support.reference.state import State

from kacenv.model import requests as ask
from kacenv.model.mode import Mode
from kacenv.model.requests import Press
from kacenv.model.scene import EndKind, Seat

DOUBLE: Final = 2000
MINUTE: Final = 60_000
STOPPING: Final = 6000


class RefusedError(Exception):
    """The press makes no sense now."""


def press(state: State, request: Press, choose: Choice) -> str:
    """Do what is asked; say whether it was `done`, was so `already`, or is `refused`."""
    try:
        if _is_double(state, request):
            return "already"
        handler = _HANDLERS[type(request)]
        changed = handler(state, request, choose)
    except RefusedError:
        return "refused"
    if changed:
        _remember(state, request)
    return "done" if changed else "already"


def _is_double(state: State, request: Press) -> bool:
    if type(request) not in _COUNTS_ONCE or state.press is None:
        return False
    words, at = state.press
    return words == repr(request) and state.now - at < DOUBLE


def _remember(state: State, request: Press) -> None:
    state.press = (repr(request), state.now)


def _needs_session(state: State) -> None:
    if state.mode in {Mode.IDLE, Mode.FADING}:
        raise RefusedError


def _hold(state: State, _request: Press, _choose: Choice) -> bool:
    _needs_session(state)
    if state.mode is Mode.HELD:
        return False
    state.held_on_the_way_home = state.mode is Mode.RETURNING
    state.mode = Mode.HELD
    return True


def _release(state: State, _request: Press, _choose: Choice) -> bool:
    _needs_session(state)
    if state.mode is not Mode.HELD:
        return False
    _let_run(state)
    return True


def _let_run(state: State) -> None:
    if state.mode is Mode.HELD:
        state.mode = Mode.RETURNING if state.held_on_the_way_home else Mode.RUNNING


def _extend(state: State, request: Press, _choose: Choice) -> bool:
    assert isinstance(request, ask.Extend)
    _needs_session(state)
    state.duration = max(state.duration, state.phase_clock) + millis(request.by)
    return True


def _shorten(state: State, request: Press, _choose: Choice) -> bool:
    assert isinstance(request, ask.Shorten)
    _needs_session(state)
    before = state.duration
    soonest = state.phase_clock + MINUTE
    state.not_before = max(state.not_before, min(phases.opening(state), soonest))
    state.duration = max(before - millis(request.by), min(soonest, before))
    return state.duration != before


def _next(state: State, _request: Press, choose: Choice) -> bool:
    _needs_session(state)
    _let_run(state)
    phases.leave(state, choose)
    return True


def _back(state: State, _request: Press, choose: Choice) -> bool:
    _needs_session(state)
    phases.go_back(state, choose)
    return True


def _end(state: State, _request: Press, choose: Choice) -> bool:
    if state.mode is Mode.FADING:
        return False
    _needs_session(state)
    return phases.come_home(state, choose)


def _stop(state: State, _request: Press, _choose: Choice) -> bool:
    if state.mode is Mode.IDLE:
        return False
    sooner = state.mode is not Mode.FADING or state.fade_ends > state.now + STOPPING
    if sooner:
        phases.fade_out(state, STOPPING)
    return light.make_safe(state, STOPPING) or sooner


def _named(state: State, name: str | None) -> str | None:
    if name is None:
        return state.due[0] if state.due else None
    return name if name in state.due else None


def _done(state: State, request: Press, _choose: Choice) -> bool:
    assert isinstance(request, ask.Done | ask.Pass)
    if state.mode is Mode.IDLE:
        return False
    check_in = _named(state, request.check_in)
    if check_in is None:
        return False
    state.due.remove(check_in)
    return True


def _snooze(state: State, request: Press, _choose: Choice) -> bool:
    assert isinstance(request, ask.Snooze)
    if state.mode is Mode.IDLE:
        return False
    _needs_session(state)
    check_in = _named(state, request.check_in)
    if check_in is None:
        return False
    state.due.remove(check_in)
    state.snoozed[check_in] = state.session_clock + millis(request.by)
    return True


def _seat(state: State, request: Press, choose: Choice) -> bool:
    assert isinstance(request, ask.SeatStarted)
    _needs_session(state)
    if (request.seat in state.seat_clocks) == request.started:
        return False
    if request.started:
        state.seat_clocks[request.seat] = 0
        state.seat_told_up_to[request.seat] = -1
        _follow_seat(state, choose)
    else:
        _set_back(state, request.seat)
    return True


def _set_back(state: State, seat: Seat) -> None:
    del state.seat_clocks[seat]
    for one in state.plan.seat_check_ins:
        if one.seat is seat:
            state.snoozed.pop(one.id, None)
            state.due = [name for name in state.due if name != one.id]


def _follow_seat(state: State, choose: Choice) -> None:
    """Let the phases follow the start of the seat that they wait for."""
    wanted = {"later": 2, "earlier": 1, "neither": 0}[state.plan.follow]
    if len(state.seat_clocks) != wanted or state.mode is not Mode.RUNNING:
        return
    assert state.plan.waits_in is not None
    if state.index == state.plan.waits_in and state.phase.end is EndKind.GO:
        phases.leave(state, choose)
    elif state.index == state.plan.waits_in + 1:
        state.phase_clock = 0


_COUNTS_ONCE: Final = (
    ask.Extend,
    ask.Shorten,
    ask.Next,
    ask.Back,
    ask.Done,
    ask.Snooze,
    ask.Pass,
)
_HANDLERS: Final[dict[type, Callable[[State, Press, Choice], bool]]] = {
    ask.Hold: _hold,
    ask.Release: _release,
    ask.Extend: _extend,
    ask.Shorten: _shorten,
    ask.Next: _next,
    ask.Back: _back,
    ask.End: _end,
    ask.Stop: _stop,
    ask.Done: _done,
    ask.Pass: _done,
    ask.Snooze: _snooze,
    ask.SeatStarted: _seat,
}
