"""What a press does, and whether it does anything."""

from collections.abc import Callable
from typing import Final, NamedTuple

from support.reference import check_ins, light, phases, sound
from support.reference.guard import is_double, remember
from support.reference.music import Choice
from support.reference.plan import Millis, millis
from support.reference.state import State
from support.reference.undo import still_kept, take_back

from kacenv.core.units import format_seconds
from kacenv.model import requests as ask
from kacenv.model.mode import Mode
from kacenv.model.requests import Press
from kacenv.model.scene import EndKind, Seat

MINUTE: Final = 60_000
STOPPING: Final = 6000
LOUDEST: Final = 6


class RefusedError(Exception):
    """The press makes no sense now."""


class Answer(NamedTuple):
    """Whether a press was `done`, was so `already`, or is `refused`; and what the reply names."""

    what: str
    words: tuple[str, ...] = ()


def press(state: State, request: Press, choose: Choice) -> Answer:
    """Do what is asked, and answer."""
    handler = _HANDLERS[type(request)]
    try:
        _refuse(state, request)
        if is_double(state, request):
            return Answer("already")
        state.words, before, place = (), state.copy(), choose.place
        changed = handler(state, request, choose)
    except RefusedError:
        return Answer("refused")
    if not changed:
        return Answer("already")
    remember(state, request, before, place)
    return Answer("done", state.words)


def _refuse(state: State, request: Press) -> None:
    """Refuse what makes no sense in this mode."""
    idle, fading = state.mode is Mode.IDLE, state.mode is Mode.FADING
    if (idle and type(request) in _IN_SESSION) or (fading and type(request) in _BEFORE_FADE):
        raise RefusedError


def _hold(state: State, _request: Press, _choose: Choice) -> bool:
    if state.mode is Mode.HELD:
        return False
    state.held_on_the_way_home = state.mode is Mode.RETURNING
    state.mode = Mode.HELD
    state.words = (state.phase.name,)
    return True


def _release(state: State, _request: Press, _choose: Choice) -> bool:
    if state.mode is not Mode.HELD:
        return False
    _let_run(state)
    state.words = (state.phase.name,)
    return True


def _length(span: Millis) -> str:
    return format_seconds(span / 1000)


def _let_run(state: State) -> None:
    if state.mode is Mode.HELD:
        state.mode = Mode.RETURNING if state.held_on_the_way_home else Mode.RUNNING


def _extend(state: State, request: Press, _choose: Choice) -> bool:
    assert isinstance(request, ask.Extend)
    state.duration = max(state.duration, state.phase_clock) + millis(request.by)
    state.waits_told = False
    state.words = (state.phase.name, _length(state.duration))
    return True


def _shorten(state: State, request: Press, choose: Choice) -> bool:
    assert isinstance(request, ask.Shorten)
    before, end = state.duration, phases.phase_end(state, choose)
    soonest = state.phase_clock + MINUTE
    state.duration = max(before - millis(request.by), min(soonest, before))
    if state.duration == before:
        state.words = (state.phase.name, _length(before))
        return False
    would_end = soonest if end is None else state.phase_clock + end - state.now
    state.not_before = min(soonest, would_end)
    state.words = (state.phase.name, _length(state.duration))
    return True


def _next(state: State, _request: Press, choose: Choice) -> bool:
    _let_run(state)
    phases.leave(state, choose)
    state.words = () if state.mode is Mode.FADING else (state.phase.name,)
    return True


def _back(state: State, _request: Press, choose: Choice) -> bool:
    phases.go_back(state, choose)
    state.words = (state.phase.name,)
    return True


def _end(state: State, _request: Press, choose: Choice) -> bool:
    if state.mode is Mode.FADING:
        return False
    came = phases.come_home(state, choose)
    left = sum(state.durations[state.index :]) - state.phase_clock
    state.words = (state.phase.name, _length(left))
    return came


def _stop(state: State, _request: Press, _choose: Choice) -> bool:
    if state.mode is Mode.IDLE:
        return False
    sooner = state.mode is not Mode.FADING or state.fade_ends > state.now + STOPPING
    if sooner:
        phases.fade_out(state, STOPPING)
    return light.make_safe(state, STOPPING) or sooner


def _lights(state: State, request: Press, _choose: Choice) -> bool:
    assert isinstance(request, ask.Lights)
    if request.level is None:
        return light.give_back(state)
    return light.set_by_hand(state, request.level)


def _lights_up(state: State, _request: Press, _choose: Choice) -> bool:
    light.lights_up(state)
    return True


def _chime(state: State, _request: Press, _choose: Choice) -> bool:
    state.say("chime", "")
    return True


def _volume(state: State, request: Press, _choose: Choice) -> bool:
    assert isinstance(request, ask.Volume)
    meant = _meant(state, request.output)
    if request.level > LOUDEST:
        raise RefusedError
    state.words = (request.output or "all outputs", f"{request.level:+g} db")
    return sound.set_volumes(state, meant, request.level)


def _mute(state: State, request: Press, _choose: Choice) -> bool:
    assert isinstance(request, ask.Mute)
    meant = _meant(state, request.output, everyone=False)
    state.words = (request.output or "speakers", "muted" if request.muted else "sounding")
    return sound.mute(state, meant, request.muted)


def _meant(state: State, named: str | None, everyone: bool = True) -> list[str]:
    meant = sound.outputs(state, named, everyone)
    if meant is None:
        raise RefusedError
    return meant


def _duck(state: State, request: Press, _choose: Choice) -> bool:
    assert isinstance(request, ask.Duck)
    return sound.duck(state, request.ducked)


def _silence(state: State, _request: Press, _choose: Choice) -> bool:
    return sound.silence(state, silent=True)


def _music(state: State, _request: Press, _choose: Choice) -> bool:
    return sound.silence(state, silent=False)


def _named(state: State, name: str | None) -> str | None:
    names = [one for one, _ in state.due]
    if name is None:
        return names[0] if names else None
    return name if name in names else None


def _done(state: State, request: Press, _choose: Choice) -> bool:
    assert isinstance(request, ask.Done | ask.Pass)
    check_in = _named(state, request.check_in)
    if check_in is None:
        return False
    check_ins.answer(state, check_in)
    state.words = (check_in,)
    return True


def _snooze(state: State, request: Press, _choose: Choice) -> bool:
    assert isinstance(request, ask.Snooze)
    check_in = _named(state, request.check_in)
    if check_in is None:
        return False
    check_ins.answer(state, check_in)
    state.snoozed[check_in] = state.session_clock + millis(request.by)
    state.words = (check_in, format_seconds(request.by))
    return True


def _seat(state: State, request: Press, choose: Choice) -> bool:
    assert isinstance(request, ask.SeatStarted)
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
            check_ins.answer(state, one.id)


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


def _undo(state: State, request: Press, choose: Choice) -> bool:
    kept = still_kept(state)
    if not kept:
        raise RefusedError
    taken = take_back(state, kept, choose)
    if not taken:
        remember(state, request, state, choose.place)
    state.words = ("taken back",)
    return taken


_SOUND: Final = (ask.Duck, ask.Silence, ask.Music)
_BEFORE_FADE: Final = (
    ask.Hold,
    ask.Release,
    ask.Extend,
    ask.Shorten,
    ask.Next,
    ask.Back,
    ask.Snooze,
    ask.SeatStarted,
    *_SOUND,
)
_IN_SESSION: Final = (
    ask.Hold,
    ask.Release,
    ask.Extend,
    ask.Shorten,
    ask.Next,
    ask.Back,
    ask.End,
    ask.SeatStarted,
    *_SOUND,
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
    ask.Lights: _lights,
    ask.LightsUp: _lights_up,
    ask.Chime: _chime,
    ask.Undo: _undo,
    ask.Done: _done,
    ask.Pass: _done,
    ask.Snooze: _snooze,
    ask.SeatStarted: _seat,
    ask.Volume: _volume,
    ask.Mute: _mute,
    ask.Duck: _duck,
    ask.Silence: _silence,
    ask.Music: _music,
}
