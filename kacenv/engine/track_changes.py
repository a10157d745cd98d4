"""Music: times of track changes, crossfades between tracks, and the level."""

from dataclasses import replace

from kacenv.core.units import Decibels, Seconds, on_grid
from kacenv.engine.state import Playing, State
from kacenv.engine.step_context import StepContext
from kacenv.engine.track_choice import SHORTEST_FADE, TrackDraw, draw, rotations
from kacenv.model.commands import Crossfade, CueTrack, Notice, SetLevel
from kacenv.model.playlist import Cut

PREROLL = Seconds(10.0)
"""Time between opening a track and its crossfade."""
RETRY = Seconds(10.0)
"""Time until the next try when no file can be played."""
FROM_SILENCE = Seconds(3.0)
"""Shortest fade-in of music that begins in silence."""
HEARD_OUT = Seconds(45.0)
"""Shortest time that a track plays before a change of intensity replaces it."""
STEEPEST_LEVEL = 6.0
"""Bound on the slope of levels and volumes, in dB per second."""


def change_at(state: State) -> Seconds | None:
    """Return the time of the next crossfade; a change of intensity brings it forward."""
    if state.playing is None:
        return None
    upcoming = draw(state, state.phase)
    fade = _fade_between(state.playing.cut, upcoming, state.planned.queue.crossfade)
    earliest = state.playing.started_at + SHORTEST_FADE
    natural = on_grid(max(state.playing.ends_at - fade, earliest))
    if leans(state):
        soonest = max(state.lean_at or 0.0, state.playing.started_at + HEARD_OUT)
        return min(natural, on_grid(soonest))
    return natural


def leans(state: State) -> bool:
    """Return True if a change of intensity brings the next crossfade forward."""
    upcoming = draw(state, state.phase)
    return state.lean_at is not None and upcoming is not None and upcoming.leans


def _fade_between(cut: Cut, upcoming: TrackDraw | None, wanted: Seconds) -> Seconds:
    """Return the crossfade's length, at most half of either track."""
    half = min(cut.length, upcoming.cut.length if upcoming else cut.length) / 2
    return on_grid(max(SHORTEST_FADE, min(wanted, half)))


def phase_fade(state: State, phase: int, cut: Cut) -> Seconds:
    """Return the length of the crossfade into `phase`, which begins with `cut`."""
    longest = min(cut.length, state.durations[phase]) / 2
    return on_grid(max(SHORTEST_FADE, min(state.plan.phases[phase].crossfade, longest)))


def last_fade_at(state: State) -> Seconds | None:
    """Return when the crossfade out of this phase begins if it is over with the track playing."""
    if state.playing is None:
        return None
    fade = min(_fade_out_of(state), state.playing.cut.length / 2)
    earliest = state.playing.started_at + SHORTEST_FADE
    return on_grid(max(state.playing.ends_at - fade, earliest))


def last_fade(state: State) -> Seconds:
    """Return the length of the fade that ends the music after the last phase."""
    return max(SHORTEST_FADE, state.planned.crossfade)


def _fade_out_of(state: State) -> Seconds:
    """Return the length of the crossfade into the next phase, or of the last fade."""
    if state.is_last_phase:
        return last_fade(state)
    drawn = draw(state, state.phase + 1)
    return phase_fade(state, state.phase + 1, drawn.cut) if drawn else SHORTEST_FADE


def cue(turn: StepContext, cut: Cut) -> Playing:
    """Have `cut` opened, unless it is open."""
    cued = turn.state.cued
    if cued is None or cued.cut != cut:
        cued = Playing(turn.state.last_play_id + 1, cut)
        turn.change(cued=cued, last_play_id=cued.play_id)
        turn.order(CueTrack(cued.play_id, cut))
    return cued


def play(turn: StepContext, drawn: TrackDraw | None, fade: Seconds) -> None:
    """Crossfade into the drawn track, beginning now."""
    if drawn is None:
        _go_without(turn)
        return
    if drawn.again:
        name = turn.state.planned.name
        tell_once(turn, name, f"All the music for {name} has been heard; it repeats.")
    cued = cue(turn, drawn.cut)
    turn.order(Crossfade(cued.play_id, turn.now, within_playing(turn, fade)))
    turn.change(
        playing=replace(cued, started_at=turn.now),
        cued=None,
        heard=turn.state.heard.add(drawn.cut.key),
        retry_at=None,
        lean_at=None,
    )
    turn.change(rotations=rotations(turn.state))


def within_playing(turn: StepContext, fade: Seconds) -> Seconds:
    """Shorten a crossfade to end no later than the track it fades out."""
    playing = turn.state.playing
    if playing is None or playing.ends_at <= turn.now:
        return fade
    return on_grid(max(SHORTEST_FADE, min(fade, playing.ends_at - turn.now)))


def _go_without(turn: StepContext) -> None:
    turn.change(playing=None, cued=None, retry_at=on_grid(turn.now + RETRY))
    text = "No piece of music can be played. Check the music folder; kacenv keeps trying."
    tell_once(turn, "", text)


def tell_once(turn: StepContext, subject: str, text: str) -> None:
    """Send staff a notice, once for each `subject` in a session."""
    if subject not in turn.state.told:
        turn.change(told=turn.state.told | {subject})
        turn.order(Notice(text, turn.now))


def try_again(turn: StepContext) -> None:
    """Clear the list of failed files, and try the next track."""
    turn.change(unplayable=frozenset(), rotations={})
    play_next(turn)


def play_next(turn: StepContext) -> None:
    """Crossfade into the phase's next track."""
    state = turn.state
    drawn = draw(state, state.phase)
    cut = state.playing.cut if state.playing else drawn.cut if drawn else None
    wanted = state.planned.queue.crossfade
    if state.playing is None:
        wanted = max(wanted, FROM_SILENCE)
    play(turn, drawn, _fade_between(cut, drawn, wanted) if cut else wanted)


def set_level(turn: StepContext, level: Decibels, duration: Seconds) -> None:
    """Fade the music to `level`, within the bound on the slope."""
    fade = turn.state.level.toward(level, turn.now, duration, STEEPEST_LEVEL)
    turn.change(level=fade)
    turn.order(SetLevel(level, turn.now, fade.duration))


def fade_out(turn: StepContext, duration: Seconds) -> None:
    """Fade all music out, for good."""
    turn.order(Crossfade(None, turn.now, duration))
    turn.change(playing=None, cued=None, retry_at=None)
