"""Handlers of device events: a track started, ended or failed, or nothing was heard."""

from dataclasses import replace

from kacenv.core.units import Seconds, on_grid
from kacenv.engine import phases, track_changes, track_choice
from kacenv.engine.state import Playing
from kacenv.engine.step_context import StepContext
from kacenv.model.requests import DeadAir, TrackEnded, TrackFailed, TrackStarted

_AS_SAID = Seconds(0.5)
"""Tolerance of a track's early end (seconds); within it the crossfade is only shortened."""


def event(turn: StepContext, happened: TrackStarted | TrackEnded | TrackFailed) -> str:
    """Handle a track's event; ignore events of unknown tracks."""
    state = turn.state
    known = [track for track in (state.playing, state.cued) if track]
    track = next((track for track in known if track.play_id == happened.play_id), None)
    if track is None:
        return ""
    match happened:
        case TrackStarted(at=at) if track is state.playing:
            turn.change(playing=replace(track, started_at=on_grid(at - track.skipped)))
        case TrackEnded(at=at) if track is state.playing:
            _ended(turn, track, at)
        case TrackFailed(reason=reason):
            _failed(turn, track, reason)
    return ""


def dead_air(turn: StepContext, happened: DeadAir) -> str:
    """Replace a track of which nothing is heard, at once."""
    playing = turn.state.playing
    if playing and not turn.state.hushed and happened.since >= playing.started_at:
        _failed(turn, playing, "nothing was heard of it")
    return ""


def _ended(turn: StepContext, playing: Playing, at: Seconds) -> None:
    """Crossfade early out of a track that is shorter than its file states."""
    if at >= playing.ends_at - _AS_SAID:
        return
    if phases.may_end_now(turn.state, turn.now) and phases.music_changes(turn.state):
        phases.leave(turn)
        return
    drawn = track_choice.draw(turn.state, turn.state.phase)
    track_changes.play(turn, drawn, Seconds(max(track_choice.SHORTEST_FADE, at - turn.now)))


def _failed(turn: StepContext, track: Playing, reason: str) -> None:
    state = turn.state
    text = f"“{track.cut.title}” is passed over: {reason}{'' if reason.endswith('?') else '.'}"
    track_changes.tell_once(turn, track.cut.path, text)
    turn.change(unplayable=state.unplayable | {track.cut.path})
    turn.change(rotations=track_choice.rotations(turn.state))
    if track is state.cued:
        turn.change(cued=None)
    else:
        turn.change(playing=None)
        track_changes.play_next(turn)
