"""Which piece comes next, when, and how it flows in."""

from typing import Final, Protocol

from support.reference.plan import Millis, Playlist
from support.reference.state import Piece, State

LEAST_FLOW: Final = 500
"""No crossfade is shorter, so that nothing changes at once, unless half of a piece is."""
BRIEFEST: Final = 100
"""A piece plays for so long at least."""
SHARE: Final = 2
"""A crossfade takes at most half of a piece."""


class Choice(Protocol):
    """Choice among the pieces that may come, where the documents leave one."""

    def peek(self, source: Playlist, candidates: list[int]) -> int | None:
        """Return the piece that will be chosen, if it is known."""

    def take(self, source: Playlist, candidates: list[int]) -> int:
        """Choose a piece."""

    @property
    def place(self) -> int:
        """Return how many pieces were chosen."""

    def since(self, place: int) -> "Choice":
        """Return the choices from a place on, for a course of the plan that wasn't taken."""

    def expect(self, piece: Piece) -> None:
        """Expect a piece that is taken up again."""


def change_of_pieces(state: State, choose: Choice) -> Millis:
    """Return when the piece that plays gives way to another of its phase."""
    piece = playing(state)
    source = next_source(state)
    some = candidates(state, source)
    number = choose.peek(source, some)
    flow = _flow(state, source, some[0] if number is None else number)
    return max(piece.begins + BRIEFEST, piece.ends - flow)


def begin_instead(state: State, playing: Piece | None, flow: Millis, choose: Choice) -> None:
    """Begin the piece that would follow; it takes over from another that plays."""
    source = next_source(state)
    number = choose.take(source, candidates(state, source))
    state.piece = playing
    _begin(state, source, number, flow)


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
    _begin(state, source, number, max(LEAST_FLOW, flow))


def _begin(state: State, source: Playlist, number: int, flow: Millis) -> None:
    """Begin a piece; it flows in for `flow`, but for at most half of it."""
    flow = until_end(state, min(flow, share_of(source.lengths[number])))
    state.heard.append((source.name, number))
    state.piece = Piece(source.name, number, state.now, state.now + source.lengths[number])
    state.say("piece", f"{source.name} {number}", flow)


def until_end(state: State, flow: Millis) -> Millis:
    """Return a crossfade that isn't longer than what is left of the piece that plays."""
    if state.piece is None:
        return flow
    least = min(flow, LEAST_FLOW, share_of(state.piece.ends - state.piece.begins))
    return max(least, min(flow, state.piece.ends - state.now))


def longest_flow_anew(source: Playlist, choose: Choice) -> Millis:
    """Return the longest crossfade into a playlist's first piece."""
    first = choose.peek(source, [0] if source.order == "listed" else [*range(len(source.lengths))])
    return max(source.lengths) if first is None else share_of(source.lengths[first])


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
    if _fits(state, source):
        return waiting if least == 0 else others
    return waiting if source.order == "shuffled" else waiting[:1]


def _fits(state: State, source: Playlist) -> bool:
    """Return True if the pieces are chosen by what fits; the overflow and a last resort aren't."""
    mine = source.name == state.phase.playlist.name and source.order == "fit"
    unheard = any(_times_heard(state, source, one) == 0 for one in range(len(source.lengths)))
    return mine and (source.repeat or unheard)


def share_of(length: Millis) -> Millis:
    """Return the most of a piece that one crossfade takes."""
    return round(length / SHARE)


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
    """Return the crossfade into a piece: that of the phase's playlist, for the overflow, too."""
    piece = playing(state)
    if _joins(state, source, number):
        return 0
    shorter = min(source.lengths[number], piece.ends - piece.begins)
    return min(max(LEAST_FLOW, state.phase.playlist.crossfade), share_of(shorter))


def _joins(state: State, source: Playlist, number: int) -> bool:
    """Return True if a piece begins where its neighbour in the list ends, without a crossfade."""
    mine, piece = state.phase.playlist, playing(state)
    if mine.crossfade or mine.order != "listed":
        return False
    follows = number == (piece.number + 1) % len(mine.lengths)
    return follows and source.name == piece.playlist == mine.name
