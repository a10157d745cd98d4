"""From moment to moment: what comes next, and time that passes until then."""

from support.reference import check_ins, music, phases, sound
from support.reference.music import Choice
from support.reference.plan import Millis
from support.reference.state import State

from kacenv.model.mode import Mode


def run_until(state: State, until: Millis | None, choose: Choice) -> None:
    """Let everything come that comes until then, that moment included."""
    while state.mode is not Mode.IDLE:
        moment = _next_moment(state, choose)
        if until is not None and moment > until:
            break
        _pass_time(state, moment)
        _come(state, choose)
    if until is not None:
        _pass_time(state, until)


def _next_moment(state: State, choose: Choice) -> Millis:
    if state.mode is Mode.FADING:
        return state.fade_ends
    moments = (
        phases.next_change(state, choose),
        phases.phase_end(state, choose),
        check_ins.next_check_in(state),
        phases.waits_from(state),
    )
    return min(one for one in moments if one is not None)


def _pass_time(state: State, moment: Millis) -> None:
    span = moment - state.now
    if state.time_runs:
        state.phase_clock += span
        state.session_clock += span
    for seat in state.seat_clocks:
        state.seat_clocks[seat] += span
    state.now = moment


def _come(state: State, choose: Choice) -> None:
    """Do what is to be done now: check-ins first, then the phase's end, then a change of pieces."""
    if state.mode is Mode.FADING:
        state.mode = Mode.IDLE
        state.due = []
        state.kept, state.pressed = [], {}
        sound.give_back(state)
        state.say("over", "")
    elif check_ins.next_check_in(state) == state.now:
        check_ins.ring(state)
    elif phases.waits_from(state) == state.now:
        phases.wait(state)
    elif phases.phase_end(state, choose) == state.now:
        phases.end_by_itself(state, choose)
    else:
        music.change_piece(state, choose)
