"""What plays next, when, and how one piece flows into the next."""

import random
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from kacenv.commands import Crossfade, CueTrack, Notice, SetLevel
from kacenv.engine.state import Playing, State
from kacenv.engine.turn import Turn
from kacenv.playlist import Cut, Queue
from kacenv.units import Decibels, Seconds

PREROLL = Seconds(10.0)
"""How long before its crossfade a track is opened."""
RETRY = Seconds(10.0)
"""How long to wait before trying again when no file at all can be played."""
SHORTEST_FADE = Seconds(0.5)
STEEPEST_LEVEL = 6.0
"""No level or volume changes faster than this (dB per second)."""


class Draw(NamedTuple):
    """The next piece of a phase; `again` when staff should hear that the music repeats."""

    cut: Cut
    picks: int
    again: bool


def draw(state: State, phase: int, picks: int) -> Draw | None:
    """The piece that follows `picks` others in `phase`; None if no file can be played."""
    queue = state.plan.phases[phase].queue
    own = _playable(queue.cuts, state)
    if queue.repeat and own:
        return _from_rounds(state, queue, own, picks)
    pool = _overflow(state, queue)
    first = _ordered(queue, own, 0)
    if picks < len(first):
        return Draw(first[picks], picks + 1, again=False)
    rest = pool or own or _playable(_every_cut(state), state)
    if not rest:
        return None
    extra = picks - len(first)
    source = state.plan.overflow if pool and state.plan.overflow else queue
    drawn = _from_rounds(state, source, rest, extra)
    again = extra % len(rest) == 0 and (extra > 0 or not pool)
    return Draw(drawn.cut, drawn.picks + len(first), again)


def _from_rounds(state: State, queue: Queue, cuts: tuple[Cut, ...], picks: int) -> Draw:
    """The piece at place `picks` of endless rounds, but never the one that's playing now."""
    for place in (picks, picks + 1):
        turn, index = divmod(place, len(cuts))
        cut = _ordered(queue, cuts, turn)[index]
        if state.playing is None or cut != state.playing.cut:
            break
    return Draw(cut, place + 1, again=False)


@lru_cache(maxsize=64)
def _ordered(queue: Queue, cuts: tuple[Cut, ...], turn: int) -> tuple[Cut, ...]:
    if queue.shuffle_seed is None:
        return cuts
    mixed = random.Random(f"{queue.shuffle_seed}/{turn}").sample(cuts, len(cuts))  # noqa: S311 - not a secret, the same on every machine
    return tuple(mixed)


def _playable(cuts: Iterable[Cut], state: State) -> tuple[Cut, ...]:
    return tuple(cut for cut in cuts if cut.path not in state.unplayable)


def _overflow(state: State, queue: Queue) -> tuple[Cut, ...]:
    pool = state.plan.overflow
    own = {cut.path for cut in queue.cuts}
    return _playable((cut for cut in pool.cuts if cut.path not in own), state) if pool else ()


def _every_cut(state: State) -> Iterable[Cut]:
    return (cut for phase in state.plan.phases for cut in phase.queue.cuts)


def change_at(state: State) -> Seconds | None:
    """When the playing track must begin to flow into the next."""
    if state.playing is None:
        return None
    upcoming = draw(state, state.phase, state.picks)
    fade = _fade_between(state.playing.cut, upcoming, state.planned.queue.crossfade)
    return Seconds(max(state.playing.ends_at - fade, state.playing.started_at + SHORTEST_FADE))


def _fade_between(cut: Cut, upcoming: Draw | None, wanted: Seconds) -> Seconds:
    """The crossfade, no longer than a third of either piece."""
    third = min(cut.length, upcoming.cut.length if upcoming else cut.length) / 3
    return Seconds(max(SHORTEST_FADE, min(wanted, third)))


def phase_fade(state: State, phase: int, cut: Cut) -> Seconds:
    """The crossfade into `phase`, beginning with `cut`."""
    longest = min(cut.length / 3, state.durations[phase] / 2)
    return Seconds(max(SHORTEST_FADE, min(state.plan.phases[phase].crossfade, longest)))


def cue(turn: Turn, cut: Cut) -> Playing:
    """Have `cut` opened, unless it is already."""
    cued = turn.state.cued
    if cued is None or cued.cut != cut:
        cued = Playing(turn.state.last_play_id + 1, cut)
        turn.change(cued=cued, last_play_id=cued.play_id)
        turn.order(CueTrack(cued.play_id, cut))
    return cued


def play(turn: Turn, drawn: Draw | None, fade: Seconds) -> None:
    """Let the music flow into what was drawn, beginning now."""
    if drawn is None:
        _go_without(turn)
        return
    if drawn.again:
        name = turn.state.planned.name
        tell_once(turn, name, f"All the music for {name} has been heard; it repeats.")
    cued = cue(turn, drawn.cut)
    turn.order(Crossfade(cued.play_id, turn.now, _within_playing(turn, fade)))
    turn.change(
        playing=replace(cued, started_at=turn.now), cued=None, picks=drawn.picks, retry_at=None
    )


def _within_playing(turn: Turn, fade: Seconds) -> Seconds:
    """A crossfade that ends no later than the piece it leaves."""
    playing = turn.state.playing
    if playing is None or playing.ends_at <= turn.now:
        return fade
    return Seconds(max(SHORTEST_FADE, min(fade, playing.ends_at - turn.now)))


def _go_without(turn: Turn) -> None:
    turn.change(playing=None, cued=None, retry_at=Seconds(turn.now + RETRY))
    text = "No piece of music can be played. Check the music folder; kacenv keeps trying."
    tell_once(turn, "", text)


def tell_once(turn: Turn, subject: str, text: str) -> None:
    """Tell staff of `subject` the first time in a session that there is something to tell."""
    if subject not in turn.state.told:
        turn.change(told=turn.state.told | {subject})
        turn.order(Notice(text, turn.now))


def try_again(turn: Turn) -> None:
    """Forget which files failed, and look again."""
    turn.change(unplayable=frozenset())
    play_next(turn)


def play_next(turn: Turn) -> None:
    """Flow into the phase's next piece."""
    state = turn.state
    drawn = draw(state, state.phase, state.picks)
    cut = state.playing.cut if state.playing else drawn.cut if drawn else None
    wanted = state.planned.queue.crossfade
    play(turn, drawn, _fade_between(cut, drawn, wanted) if cut else wanted)


def set_level(turn: Turn, level: Decibels, duration: Seconds) -> None:
    """Fade the music to `level`, no faster than the bound."""
    fade = turn.state.level.toward(level, turn.now, duration, STEEPEST_LEVEL)
    turn.change(level=fade)
    turn.order(SetLevel(level, turn.now, fade.duration))


def silence(turn: Turn, duration: Seconds) -> None:
    """The last fade: all music to nothing."""
    turn.order(Crossfade(None, turn.now, duration))
    turn.change(playing=None, cued=None, retry_at=None)
