"""Music: times of track changes, crossfades between tracks, and the level."""

from dataclasses import replace

from kacenv.core.derived import derived
from kacenv.core.units import Decibels, Seconds, on_grid
from kacenv.engine.state import Playing, State
from kacenv.engine.step_context import StepContext
from kacenv.engine.track_choice import TrackDraw, draw, rotations
from kacenv.model.commands import Crossfade, CueTrack, Notice, SetLevel
from kacenv.model.playlist import SHORTEST_FADE, Cut

PREROLL = Seconds(10.0)
"""Time between opening a track and its crossfade."""
RETRY = Seconds(10.0)
"""Time until the next try when no file can be played."""
FROM_SILENCE = Seconds(3.0)
"""Shortest fade-in of music that begins in silence, or before its time."""
BRIEFEST = Seconds(0.1)
"""Shortest time that a track plays, so that no playlist makes the engine change without end."""
HEARD_OUT = Seconds(45.0)
"""Shortest time that a track plays before a change of intensity replaces it."""
STEEPEST_LEVEL = 6.0
"""Bound on the slope of levels and volumes, in dB per second."""


@derived
def change_at(state: State) -> Seconds | None:
    """Return the time of the next crossfade; a change of intensity brings it forward."""
    if state.playing is None:
        return None
    natural = _natural_change(state, state.playing)
    if leans(state):
        soonest = max(state.lean_at or 0.0, state.playing.started_at + HEARD_OUT)
        return min(natural, on_grid(soonest))
    return natural


def _natural_change(state: State, playing: Playing) -> Seconds:
    """Return when a track gives way to the next if nothing brings that forward."""
    fade = _fade_after(state, playing, draw(state, state.phase))
    return on_grid(max(playing.ends_at - fade, playing.started_at + BRIEFEST))


def joins_at(state: State, change: Seconds) -> bool:
    """Return True if the next track begins at `change` without a crossfade."""
    playing, upcoming = state.playing, draw(state, state.phase)
    if playing is None or upcoming is None or change < _natural_change(state, playing):
        return False
    return state.planned.queue.joins(playing.cut, upcoming.cut)


def leans(state: State) -> bool:
    """Return True if a change of intensity brings the next crossfade forward."""
    upcoming = draw(state, state.phase)
    return state.lean_at is not None and upcoming is not None and upcoming.leans


def _fade_after(state: State, playing: Playing, upcoming: TrackDraw | None) -> Seconds:
    """Return the length of the crossfade to the next track, at most half of either; 0 to join."""
    after = upcoming.cut if upcoming else playing.cut
    return state.planned.queue.crossfade_between(playing.cut, after)


def phase_fade(state: State, phase: int, cut: Cut) -> Seconds:
    """Return the length of the crossfade into `phase`, which begins with `cut`."""
    wanted = min(state.plan.phases[phase].crossfade, state.durations[phase] / 2)
    return on_grid(min(max(SHORTEST_FADE, wanted), cut.length / 2))


def last_fade_at(state: State) -> Seconds | None:
    """Return when the crossfade out of this phase begins if it is over with the track playing."""
    if state.playing is None:
        return None
    fade = min(_fade_out_of(state), state.playing.cut.length / 2)
    return on_grid(max(state.playing.ends_at - fade, state.playing.started_at + BRIEFEST))


def last_fade(state: State) -> Seconds:
    """Return the length of the fade that ends the music after the last phase."""
    return max(SHORTEST_FADE, state.planned.crossfade)


def _fade_out_of(state: State) -> Seconds:
    """Return the length of the crossfade into the next phase, or of the last fade."""
    if state.is_last_phase:
        return last_fade(state)
    drawn = draw(state, state.phase + 1)
    return phase_fade(state, state.phase + 1, drawn.cut) if drawn else SHORTEST_FADE


def cue(turn: StepContext, cut: Cut, *, joins: bool = False) -> Playing:
    """Have `cut` opened, unless it is open; one that `joins` begins by itself."""
    cued = turn.state.cued
    if cued is None or cued.cut != cut:
        cued = Playing(turn.state.last_play_id + 1, cut)
        turn.change(cued=cued, last_play_id=cued.play_id)
        turn.order(CueTrack(cued.play_id, cut, joins))
    return cued


def play(turn: StepContext, drawn: TrackDraw | None, fade: Seconds) -> None:
    """Crossfade into the drawn track, beginning now, over at most half of it."""
    if drawn is None:
        _go_without(turn)
        return
    if drawn.again:
        name = turn.state.planned.name
        tell_once(turn, name, f"All the music for {name} has been heard; it repeats.")
    cued = cue(turn, drawn.cut, joins=not fade)
    fade = within_playing(turn, on_grid(min(fade, drawn.cut.length / 2)))
    turn.order(Crossfade(cued.play_id, turn.now, fade))
    turn.change(
        playing=replace(cued, started_at=cued.started_at or turn.now),
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
    least = min(fade, SHORTEST_FADE, playing.cut.length / 2)
    return on_grid(max(least, min(fade, playing.ends_at - turn.now)))


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
    drawn = draw(turn.state, turn.state.phase)
    play(turn, drawn, _fade_to(turn, drawn) if drawn else FROM_SILENCE)


def _fade_to(turn: StepContext, drawn: TrackDraw) -> Seconds:
    """Return the length of the crossfade into the phase's next track, beginning now."""
    state, playing = turn.state, turn.state.playing
    if playing is None:
        return max(state.planned.queue.crossfade, FROM_SILENCE)
    fade = _fade_after(state, playing, drawn)
    is_sooner = turn.now < _natural_change(state, playing)
    return max(fade, FROM_SILENCE) if is_sooner else fade


def set_level(turn: StepContext, level: Decibels, duration: Seconds) -> None:
    """Fade the music to `level`, within the bound on the slope."""
    fade = turn.state.level.toward(level, turn.now, duration, STEEPEST_LEVEL)
    turn.change(level=fade)
    turn.order(SetLevel(level, turn.now, fade.duration))


def fade_out(turn: StepContext, duration: Seconds) -> None:
    """Fade all music out, for good."""
    turn.order(Crossfade(None, turn.now, duration))
    turn.change(playing=None, cued=None, retry_at=None)
