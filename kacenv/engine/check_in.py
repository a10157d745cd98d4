"""Check-ins: each rung exactly once, or passed over and said so."""

from collections.abc import Iterable

from kacenv.commands import Notice, Prompt, StrikeChime
from kacenv.engine.state import State, Stopwatch
from kacenv.engine.turn import Turn
from kacenv.timeline import Cue
from kacenv.units import Seconds


def next_phase_cue(state: State) -> Seconds | None:
    """When the next check-in of this phase is due."""
    return _next(state.planned.cues, state.phase_clock, state.phase_seen)


def next_session_cue(state: State) -> Seconds | None:
    """When the next check-in on the session's clock is due."""
    return _next(state.plan.cues, state.session_clock, state.session_seen)


def _next(cues: tuple[Cue, ...], clock: Stopwatch, seen: Seconds) -> Seconds | None:
    reading = _next_reading(cues, seen)
    return None if reading is None else clock.when(reading)


def _next_reading(cues: tuple[Cue, ...], seen: Seconds) -> Seconds | None:
    return min((at for cue in cues if (at := cue.next_after(seen)) is not None), default=None)


def ring_phase_cues(turn: Turn) -> None:
    """Ring what is due on the phase's clock."""
    turn.change(phase_seen=_ring(turn, turn.state.planned.cues, turn.state.phase_seen))


def ring_session_cues(turn: Turn) -> None:
    """Ring what is due on the session's clock."""
    turn.change(session_seen=_ring(turn, turn.state.plan.cues, turn.state.session_seen))


def _ring(turn: Turn, cues: tuple[Cue, ...], seen: Seconds) -> Seconds:
    """Ring every check-in of the next reading; gives back that reading."""
    reading = _next_reading(cues, seen)
    if reading is None:
        return seen
    for cue in cues:
        if cue.next_after(seen) == reading:
            turn.order(Prompt(cue.id, cue.prompt, turn.now))
            if cue.chime is not None:
                turn.order(StrikeChime(cue.chime, cue.audience, turn.now))
    return reading


def pass_over_phases(turn: Turn, until: int) -> None:
    """Say which check-ins of this phase, and of those skipped before `until`, won't come."""
    state = turn.state
    _pass_over(turn, state.planned.cues, state.phase_seen)
    for skipped in state.plan.phases[state.phase + 1 : until]:
        _pass_over(turn, skipped.cues, Seconds(-1.0))


def pass_over_session(turn: Turn) -> None:
    """Say which check-ins of the session won't come any more."""
    _pass_over(turn, turn.state.plan.cues, turn.state.session_seen)


def _pass_over(turn: Turn, cues: Iterable[Cue], seen: Seconds) -> None:
    missed = [cue.prompt for cue in cues if cue.every is None and cue.at > seen]
    if missed:
        turn.order(Notice(f"Passed over: {', '.join(missed)}.", turn.now))
