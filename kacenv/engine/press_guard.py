"""Guard against double presses: it asks whether what a press wants is so already."""

from collections.abc import Callable
from typing import Any, Final

from kacenv.core.units import Seconds, on_grid
from kacenv.engine.state import State
from kacenv.engine.step_context import StepContext
from kacenv.model.request_table import BY_KIND
from kacenv.model.requests import Press

WITHIN = Seconds(2.0)
"""The same press within this time counts once, as long as the room is as the first has left it."""
_CONCERNS: Final[dict[str, Callable[[State], Any]]] = {
    "next": lambda state: (state.mode, state.phase),
    "back": lambda state: (state.mode, state.phase),
    "extend": lambda state: (state.phase, state.durations[state.phase]),
    "shorten": lambda state: (state.phase, state.durations[state.phase]),
    "intensity": lambda state: state.lean,
    "undo": lambda state: state.presses,
}
"""What of the state a press wants to change, if another press can change it back."""
_ANSWERS: Final = frozenset({"done", "snooze", "pass"})


def is_double(state: State, request: Press, now: Seconds) -> bool:
    """Return True if a press comes twice, and what it wants is still so."""
    if not BY_KIND[request.kind].counts_once:
        return False
    last, at = state.pressed.get(request.kind, (None, now))
    return last == request and on_grid(now - at) < WITHIN and _is_still_so(state, request.kind)


def _is_still_so(state: State, kind: str) -> bool:
    left = state.left_so.get(kind)
    if kind in _ANSWERS:
        answered: frozenset[str] = left or frozenset()
        return all(due.cue.id not in answered for due in state.due if due.again is None)
    return kind not in _CONCERNS or bool(left == _CONCERNS[kind](state))


def remember(turn: StepContext, request: Press, before: State) -> None:
    """Remember a press that was done, and how it left what it concerns."""
    state, kind = turn.state, request.kind
    left = state.left_so
    if kind in _ANSWERS:
        left = {**left, kind: _waiting(before) - _waiting(state)}
    elif kind in _CONCERNS:
        left = {**left, kind: _CONCERNS[kind](state)}
    turn.change(pressed={**state.pressed, kind: (request, turn.now)}, left_so=left)


def _waiting(state: State) -> frozenset[str]:
    return frozenset(due.cue.id for due in state.due if due.again is None)
