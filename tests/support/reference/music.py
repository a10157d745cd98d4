"""Which piece comes next, when, and how it flows in."""

from typing import Final, Protocol

from support.reference.plan import Millis, Playlist
from support.reference.state import Piece, State

LEAST_FLOW: Final = 500
"""No crossfade is shorter, so that nothing changes at once."""
SHARE: Final = 2
"""A crossfade takes at most a half of either piece."""


class Choice(Protocol):
    """Choice among the pieces that may come, where the documents leave one."""

    def peek(self, source: Playlist, candidates: list[int]) -> int | None:
        """Return the piece that will be chosen, if it is known."""

    def take(self, source: Playlist, candidates: list[int]) -> int:
        """Choose a piece."""


def change_of_pieces(state: State, choose: Choice) -> Millis:
    """Return when the piece that plays gives way to another of its phase."""
    piece = playing(state)
    source = next_source(state)
    number = choose.peek(source, candidates(state, source))
    flow = LEAST_FLOW if number is None else _flow(state, source, number)
    return max(state.now, piece.begins + LEAST_FLOW, piece.ends - flow)


def change_piece(state: State, choose: Choice) -> None:
    """Begin the next piece of the phase, as its playlist says."""
    source = next_source(state)
    number = choose.take(source, candidates(state, source))
    _begin(state, source, number, _flow(state, source, number))


def first_piece(state: State, flow: Millis, choose: Choice) -> None:
    """Begin the first piece of a phase, whose playlist begins anew."""
    state.heard = []
    source = next_source(state)
    number = choose.take(source, candidates(state, source))
    _begin(state, source, number, min(flow, source.lengths[number] // SHARE))


def _begin(state: State, source: Playlist, number: int, flow: Millis) -> None:
    """Begin a piece; it flows in for `flow`, but not beyond the end of the one before."""
    if state.piece is not None:
        flow = min(flow, state.piece.ends - state.now)
    flow = max(LEAST_FLOW, flow)
    state.heard.append((source.name, number))
    state.piece = Piece(source.name, number, state.now, state.now + source.lengths[number])
    state.say("piece", f"{source.name} {number}", flow)


def next_source(state: State) -> Playlist:
    """Return where the next piece comes from: the phase's playlist, or the overflow."""
    own = state.phase.playlist
    unheard = any(_times_heard(state, own, one) == 0 for one in range(len(own.lengths)))
    if own.repeat or unheard or state.plan.overflow is None:
        return own
    return state.plan.overflow


def candidates(state: State, source: Playlist) -> list[int]:
    """Return the pieces that may come next: the least heard, and never the one that plays."""
    everything = range(len(source.lengths))
    others = [one for one in everything if not _plays(state, source, one)] or list(everything)
    least = min(_times_heard(state, source, one) for one in others)
    waiting = [one for one in others if _times_heard(state, source, one) == least]
    return waiting[:1] if source.ordered else waiting


def playing(state: State) -> Piece:
    """Return the piece that plays."""
    assert state.piece is not None
    return state.piece


def _times_heard(state: State, source: Playlist, number: int) -> int:
    return state.heard.count((source.name, number))


def _plays(state: State, source: Playlist, number: int) -> bool:
    piece = state.piece
    return piece is not None and (piece.playlist, piece.number) == (source.name, number)


def _flow(state: State, source: Playlist, number: int) -> Millis:
    """Return the playlist's crossfade into a piece."""
    piece = playing(state)
    shorter = min(source.lengths[number], piece.ends - piece.begins)
    return max(LEAST_FLOW, min(source.crossfade, shorter // SHARE))
