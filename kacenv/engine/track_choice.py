"""Choice of the next track: a pure function of the phase's queue and the tracks heard."""

import random
from collections.abc import Iterable
from typing import NamedTuple

from kacenv.core.units import Seconds
from kacenv.engine import track_fit
from kacenv.engine.state import State
from kacenv.model.playlist import Cut, Queue

_MIDDLE_ENERGY = 3
_FITTED = 60
"""Most tracks considered for a fit: enough to fill any phase, few enough to be quick."""


class TrackDraw(NamedTuple):
    """Next track of a phase; `again` if staff should hear that the music repeats."""

    cut: Cut
    again: bool = False
    leans: bool = False


def draw(state: State, phase: int) -> TrackDraw | None:
    """Choose the next track of a phase, or another phase's first; None if none is playable."""
    heard = state.heard if phase == state.phase else ()
    queue = state.plan.phases[phase].queue
    own = _playable(queue.cuts, state)
    pool = _overflow(state, queue)
    if state.lean and (leaning := _leaning(state, own + pool, own, heard)):
        return TrackDraw(leaning, leans=True)
    if queue.fit and own and (fitting := _fitting(state, phase, own, heard)):
        return TrackDraw(fitting)
    if own and (queue.repeat or any(cut.path not in heard for cut in own)):
        return TrackDraw(_least_heard(state, queue, own, heard))
    rest = pool or own or _playable(_every_cut(state), state)
    source = state.plan.overflow if pool and state.plan.overflow else queue
    again = all(cut.path in heard for cut in rest)
    return TrackDraw(_least_heard(state, source, rest, heard), again) if rest else None


def _least_heard(state: State, queue: Queue, cuts: tuple[Cut, ...], heard: tuple[str, ...]) -> Cut:
    """Return the track heard least often in this phase, in queue order; never the one playing."""
    playing = state.playing.cut.path if state.playing else None
    others = tuple(cut for cut in cuts if cut.path != playing) or cuts
    least = min(heard.count(cut.path) for cut in others)
    places = _places(queue, least)
    fresh = (cut for cut in others if heard.count(cut.path) == least)
    return min(fresh, key=lambda cut: places.get(cut.path, 0))


def _places(queue: Queue, turn: int) -> dict[str, int]:
    """Return each file's position in the queue's `turn`-th round; failed files keep theirs."""
    paths = [cut.path for cut in queue.cuts]
    if queue.shuffle_seed is not None:
        random.Random(f"{queue.shuffle_seed}/{turn}").shuffle(paths)  # noqa: S311 - no secret
    return {path: place for place, path in enumerate(paths)}


def _leaning(
    state: State, pool: tuple[Cut, ...], own: tuple[Cut, ...], heard: tuple[str, ...]
) -> Cut | None:
    """Return the track nearest to the energy wanted, except the one playing; unheard ones first."""
    tagged = [cut.energy for cut in own if cut.energy is not None] or [_MIDDLE_ENERGY]
    wanted = sum(tagged) / len(tagged) + state.lean
    playing = state.playing.cut.path if state.playing else None
    ranked = sorted(
        (cut for cut in pool if cut.energy is not None and cut.path != playing),
        key=lambda cut: (abs((cut.energy or 0) - wanted), heard.count(cut.path)),
    )
    return ranked[0] if ranked else None


def _fitting(state: State, phase: int, own: tuple[Cut, ...], heard: tuple[str, ...]) -> Cut | None:
    """Return the first track of those that fill the rest of the phase; None if all were heard."""
    queue = state.plan.phases[phase].queue
    fresh = tuple(cut for cut in own if cut.path not in heard)
    if not fresh and queue.repeat:
        playing = state.playing.cut.path if state.playing else None
        fresh = tuple(cut for cut in own if cut.path != playing) or own
    if not fresh:
        return None
    return track_fit.choose(
        fresh[:_FITTED], _left_after_playing(state, phase, heard), queue.crossfade
    )[0]


def _left_after_playing(state: State, phase: int, heard: tuple[str, ...]) -> Seconds:
    """Return the phase's time left after the playing track, in whole seconds."""
    if not heard or state.playing is None:
        return Seconds(round(state.durations[phase]))
    over = Seconds(state.playing.ends_at - state.plan.phases[phase].queue.crossfade)
    return Seconds(max(1, round(state.duration - state.phase_clock.reading(over))))


def any_energy(state: State) -> bool:
    """Return True if any track of this phase has an energy tag."""
    queue = state.planned.queue
    return any(cut.energy is not None for cut in queue.cuts + _overflow(state, queue))


def _playable(cuts: Iterable[Cut], state: State) -> tuple[Cut, ...]:
    return tuple(cut for cut in cuts if cut.path not in state.unplayable)


def _overflow(state: State, queue: Queue) -> tuple[Cut, ...]:
    pool = state.plan.overflow
    own = {cut.path for cut in queue.cuts}
    return _playable((cut for cut in pool.cuts if cut.path not in own), state) if pool else ()


def _every_cut(state: State) -> Iterable[Cut]:
    return (cut for phase in state.plan.phases for cut in phase.queue.cuts)
