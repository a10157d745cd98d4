"""Handlers of device events: a track started, ended or failed, or nothing was heard."""

from dataclasses import replace

from kacenv.core.units import Seconds, on_grid
from kacenv.engine import phases, track_changes, track_choice
from kacenv.engine.state import Playing
from kacenv.engine.step_context import StepContext
from kacenv.model.playlist import SHORTEST_FADE
from kacenv.model.requests import DeadAir, TrackEnded, TrackFailed, TrackStarted

_AS_SAID = Seconds(0.5)
"""Tolerance of a track's early end (s); within it the crossfade is as long, only as much sooner."""


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
        case TrackStarted(at=at):
            _joined(turn, track, at)
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


def _joined(turn: StepContext, cued: Playing, at: Seconds) -> None:
    """Note that the cued track has begun by itself, as the playing one was over by then."""
    turn.change(cued=replace(cued, started_at=on_grid(at)))
    _shorten(turn, at)


def _shorten(turn: StepContext, at: Seconds) -> None:
    """Have the playing track end at `at`; what comes then is due by itself."""
    playing = turn.state.playing
    if playing is not None and at < playing.ends_at:
        lasts = Seconds(max(0.0, on_grid(at - playing.started_at)))
        turn.change(playing=replace(playing, cut=replace(playing.cut, length=lasts)))


def _ended(turn: StepContext, playing: Playing, at: Seconds) -> None:
    """Go on early after a track that is shorter than its file states."""
    if at >= playing.ends_at - _AS_SAID:
        _shorten(turn, at)
        return
    state = turn.state
    if phases.may_end_now(state, turn.now) and phases.music_changes(state):
        phases.leave(turn)
        return
    drawn = track_choice.draw(state, state.phase)
    if drawn and state.planned.queue.joins(playing.cut, drawn.cut):
        _shorten(turn, at)
        return
    track_changes.play(turn, drawn, Seconds(max(SHORTEST_FADE, at - turn.now)))


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
