"""When the music changes, and how one piece flows into the next."""

from dataclasses import replace

from kacenv.commands import Crossfade, CueTrack, Notice, SetLevel
from kacenv.engine.choice import Draw, draw
from kacenv.engine.state import Playing, State
from kacenv.engine.turn import Turn
from kacenv.playlist import Cut
from kacenv.units import Decibels, Seconds

PREROLL = Seconds(10.0)
"""How long before its crossfade a track is opened."""
RETRY = Seconds(10.0)
"""How long to wait before trying again when no file at all can be played."""
SHORTEST_FADE = Seconds(0.5)
FROM_SILENCE = Seconds(3.0)
"""Music that begins where none sounds rises for at least this long."""
HEARD_OUT = Seconds(45.0)
"""A piece is heard for at least this long before the music leans elsewhere."""
STEEPEST_LEVEL = 6.0
"""No level or volume changes faster than this (dB per second)."""


def change_at(state: State) -> Seconds | None:
    """When the playing track must, or on the therapist's word may, flow into the next."""
    if state.playing is None:
        return None
    upcoming = draw(state, state.phase)
    fade = _fade_between(state.playing.cut, upcoming, state.planned.queue.crossfade)
    earliest = state.playing.started_at + SHORTEST_FADE
    natural = max(state.playing.ends_at - fade, earliest)
    if state.lean_at is not None and upcoming and upcoming.leans:
        return Seconds(min(natural, max(state.lean_at, state.playing.started_at + HEARD_OUT)))
    return Seconds(natural)


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
        playing=replace(cued, started_at=turn.now),
        cued=None,
        heard=(*turn.state.heard, drawn.cut.path),
        retry_at=None,
        lean_at=None,
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
    drawn = draw(state, state.phase)
    cut = state.playing.cut if state.playing else drawn.cut if drawn else None
    wanted = state.planned.queue.crossfade
    if state.playing is None:
        wanted = max(wanted, FROM_SILENCE)
    play(turn, drawn, _fade_between(cut, drawn, wanted) if cut else wanted)


def set_level(turn: Turn, level: Decibels, duration: Seconds) -> None:
    """Fade the music to `level`, no faster than the bound."""
    fade = turn.state.level.toward(level, turn.now, duration, STEEPEST_LEVEL)
    turn.change(level=fade)
    turn.order(SetLevel(level, turn.now, fade.duration))


def fade_out(turn: Turn, duration: Seconds) -> None:
    """The last fade: all music to nothing."""
    turn.order(Crossfade(None, turn.now, duration))
    turn.change(playing=None, cued=None, retry_at=None)
