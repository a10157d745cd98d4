"""Choice of the next track: a pure function of the phase's queue and the tracks heard.

What it costs depends neither on how many tracks there are nor on how many were heard.
"""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import NamedTuple

from kacenv.core.derived import derived
from kacenv.core.units import Seconds
from kacenv.engine import track_fit
from kacenv.engine.play_counts import PlayCounts
from kacenv.engine.rotation import Pick, Rotation, Usable, least_heard
from kacenv.engine.state import Playing, State
from kacenv.model.playlist import SHORTEST_FADE, Cut, Queue
from kacenv.model.timeline import Timeline

_MIDDLE_ENERGY = 3.0
_FITTED = 60
"""Most tracks considered for a fit: enough to fill any phase, few enough to be quick."""


class TrackDraw(NamedTuple):
    """Next track of a phase; `again` if staff should hear that the music repeats."""

    cut: Cut
    again: bool = False
    leans: bool = False


class _Strand:
    """A queue as one phase sees it: which of its tracks may be played, and where it stands."""

    def __init__(self, state: State, phase: int, queue: Queue, part: str, usable: Usable) -> None:
        playing = state.playing.cut.key if state.playing else None
        self.queue, self.usable = queue, usable
        self.counts = state.heard if phase == state.phase else PlayCounts()
        self.key = f"{state.plan.phases[phase].queue.name}/{part}"
        known = state.rotations.get(self.key, Rotation())
        self.rotation = known.advanced(queue, self.counts, usable)
        self._others: Usable = lambda cut: cut.key != playing and usable(cut)

    def __bool__(self) -> bool:
        return not self.rotation.over(self.queue)

    @property
    def is_fresh(self) -> bool:
        """True while a usable track hasn't been heard in this phase."""
        return bool(self) and self.rotation.turn == 0

    def pick_other(self) -> Pick | None:
        """Return the track heard least often, but never the one playing."""
        return least_heard(self.queue, self.rotation, self.counts, self._others)

    def pick(self) -> Pick | None:
        """Return the track heard least often; the one playing if there is no other."""
        return self.pick_other() or least_heard(self.queue, self.rotation, self.counts, self.usable)

    def unheard(self) -> Iterator[Cut]:
        """Yield the usable tracks that haven't been heard in this phase, in their order."""
        if self.rotation.turn == 0:
            for cut in islice(self.queue.order(0), self.rotation.place, None):
                if self.usable(cut) and not self.counts.of(cut.key):
                    yield cut

    def others(self) -> Iterator[Cut]:
        """Yield the usable tracks but the one playing, in their order."""
        return (cut for cut in self.queue.order(0) if self._others(cut))


@derived
def draw(state: State, phase: int) -> TrackDraw | None:
    """Choose the next track of a phase, or another phase's first; None if none is playable."""
    queue, own = state.plan.phases[phase].queue, _own(state, phase)
    if state.lean and (leaning := _leaning(state, phase)):
        return TrackDraw(leaning, leans=True)
    if queue.fit and (fitting := _fitting(state, phase, own)):
        return TrackDraw(fitting)
    if own and (queue.repeat or own.is_fresh):
        return _draw_from(own, again=False)
    rest = _pool(state, phase) or own or _everything(state, phase)
    return _draw_from(rest, again=not rest.is_fresh)


def _draw_from(strand: _Strand, *, again: bool) -> TrackDraw | None:
    picked = strand.pick()
    return TrackDraw(picked.cut, again) if picked else None


@derived
def _own(state: State, phase: int) -> _Strand:
    return _Strand(state, phase, state.plan.phases[phase].queue, "own", _playable(state))


@derived
def _pool(state: State, phase: int) -> _Strand:
    queue, pool = state.plan.phases[phase].queue, state.plan.overflow
    return _Strand(state, phase, pool or _NOTHING, "pool", _beside(state, queue))


def _everything(state: State, phase: int) -> _Strand:
    return _Strand(state, phase, _every_cut(state.plan), "every", _playable(state))


_NOTHING = Queue("", (), Seconds(0.0))


@derived
def _every_cut(plan: Timeline) -> Queue:
    cuts = chain.from_iterable(phase.queue.cuts for phase in plan.phases)
    return Queue("", tuple(cuts), Seconds(0.0))


def _playable(state: State) -> Usable:
    unplayable = state.unplayable
    return lambda cut: cut.path not in unplayable


def _beside(state: State, queue: Queue) -> Usable:
    """Tell which tracks of the overflow aren't the phase's own."""
    unplayable, own = state.unplayable, queue.paths()
    return lambda cut: cut.path not in own and cut.path not in unplayable


def _leaning(state: State, phase: int) -> Cut | None:
    """Return the track nearest to the energy wanted, except the one playing; unheard ones first."""
    mean = state.plan.phases[phase].queue.energy()
    wanted = (_MIDDLE_ENERGY if mean is None else mean) + state.lean
    levels = _levels(state, phase)
    for distance in sorted({abs(energy - wanted) for energy in levels}):
        near = (levels[energy] for energy in levels if abs(energy - wanted) == distance)
        found = [(picked, level) for level in chain(*near) if (picked := level.strand.pick_other())]
        if found:
            return min(found, key=lambda pair: (pair[0].plays, pair[1].place(pair[0].cut)))[0].cut
    return None


class _EnergyLevel(NamedTuple):
    """Tracks of one energy among the phase's own, or among those of the overflow."""

    strand: _Strand
    whole: Queue
    is_pool: bool

    def place(self, cut: Cut) -> tuple[bool, int]:
        """Return what sorts the phase's own tracks first, then those listed first."""
        return self.is_pool, self.whole.places()[cut.key]


@derived
def _levels(state: State, phase: int) -> Mapping[int, list[_EnergyLevel]]:
    queue, pool = state.plan.phases[phase].queue, state.plan.overflow or _NOTHING
    levels: dict[int, list[_EnergyLevel]] = {}
    for whole, usable in ((queue, _playable(state)), (pool, _beside(state, queue))):
        for energy, some in whole.by_energy().items():
            part = f"{'own' if whole is queue else 'pool'} {energy}"
            strand = _Strand(state, phase, some, part, usable)
            levels.setdefault(energy, []).append(_EnergyLevel(strand, whole, whole is not queue))
    return levels


def _fitting(state: State, phase: int, own: _Strand) -> Cut | None:
    """Return the first track of those that fill the rest of the phase; None if all were heard."""
    queue = state.plan.phases[phase].queue
    fresh = tuple(islice(own.unheard(), _FITTED))
    if not fresh and queue.repeat:
        fresh = tuple(islice(own.others(), _FITTED))
    if not fresh:
        return None
    playing = state.playing if phase == state.phase and state.heard.most > 0 else None
    before = queue.share_of(playing.cut) if playing else Seconds(0.0)
    left = _left_after(state, phase, playing, before)
    fade = _crossfade_after(state, phase)
    shares = [queue.share_of(cut) for cut in fresh]
    chosen = track_fit.choose(fresh, shares, before, (left + SHORTEST_FADE, left + fade))
    return chosen[0]


def _left_after(state: State, phase: int, playing: Playing | None, overlap: Seconds) -> float:
    """Return the phase's time left when the playing track is over; all of it without one.

    A clock that is held is taken to go on from when the next track begins, `overlap` before that.
    """
    if playing is None:
        return state.durations[phase]
    begins = Seconds(playing.ends_at - overlap)
    return state.duration - state.phase_clock.reading(begins) - overlap


def _crossfade_after(state: State, phase: int) -> Seconds:
    """Return the length of the crossfade by which the music leaves a phase."""
    following = state.plan.phases[phase : phase + 2][-1]
    return max(SHORTEST_FADE, following.crossfade)


def any_energy(state: State) -> bool:
    """Return True if any track of this phase has an energy tag."""
    return any(level.strand for level in chain(*_levels(state, state.phase).values()))


def rotations(state: State) -> Mapping[str, Rotation]:
    """Return where the queues in use stand, so that no draw searches what was heard again."""
    strands = [_own(state, state.phase)]
    if state.plan.overflow is not None:
        strands.append(_pool(state, state.phase))
    if state.lean:
        strands += (level.strand for level in chain(*_levels(state, state.phase).values()))
    if not state.is_last_phase:
        strands.append(_own(state, state.phase + 1))
    return {strand.key: strand.rotation for strand in reversed(strands)}
