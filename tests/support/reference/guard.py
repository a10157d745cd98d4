"""Double presses, and what is kept of a press so that it can be taken back."""

from typing import Any, Final

from support.reference.state import Kept, Pressed, State

from kacenv.model import requests as ask
from kacenv.model.requests import Press

DOUBLE: Final = 2000
ONE_MOVE: Final = 1000
LASTING: Final = (ask.Chime,)
"""Presses that can't be taken back."""
_ANSWERS: Final = (ask.Done, ask.Snooze, ask.Pass)
_COUNTS_ONCE: Final = (*_ANSWERS, ask.Extend, ask.Shorten, ask.Next, ask.Back, ask.Chime, ask.Undo)


def is_double(state: State, request: Press) -> bool:
    """Return True if the same was pressed just now, and the room is still as that left it."""
    last = state.pressed.get(request.kind)
    if last is None or not isinstance(request, _COUNTS_ONCE):
        return False
    soon = last.words == repr(request) and state.now - last.at < DOUBLE
    return soon and _is_still_so(state, request, last.left)


def _is_still_so(state: State, request: Press, left: Any) -> bool:
    if isinstance(request, _ANSWERS):
        return not left & _waiting(state)
    return bool(left == _concern(state, request))


def _concern(state: State, request: Press) -> Any:
    """Return what a press is about."""
    match request:
        case ask.Next() | ask.Back():
            return (state.mode, state.index)
        case ask.Extend() | ask.Shorten():
            return (state.index, state.duration)
        case ask.Undo():
            return state.count
    return None


def _waiting(state: State) -> set[str]:
    return {name for name, _ in state.due}


def remember(state: State, request: Press, before: State, place: int) -> None:
    """Remember a press that has done something, and what was before."""
    left = _concern(state, request)
    if isinstance(request, _ANSWERS):
        left = _waiting(before) - _waiting(state)
    state.pressed[request.kind] = Pressed(repr(request), state.now, left)
    if isinstance(request, ask.Undo):
        return
    state.count += 1
    kept = Kept(state.now, request, None if isinstance(request, LASTING) else before, place)
    if state.kept and _is_same_move(state.kept[-1], kept):
        first = state.kept.pop()
        kept = Kept(state.now, request, first.before, first.place)
    state.kept.append(kept)


def _is_same_move(last: Kept, kept: Kept) -> bool:
    """Return True if somebody moves one volume on and on."""
    if not isinstance(last.request, ask.Volume) or not isinstance(kept.request, ask.Volume):
        return False
    return last.request.output == kept.request.output and kept.at - last.at < ONE_MOVE
