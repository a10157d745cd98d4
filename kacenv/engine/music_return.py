"""The way of the music back to where a plan has it: after an outage, or a press taken back."""

from dataclasses import replace

from kacenv.core.units import Seconds, on_grid
from kacenv.engine import track_changes, track_choice
from kacenv.engine.state import Playing, State
from kacenv.engine.step_context import StepContext
from kacenv.model.commands import Crossfade, CueTrack
from kacenv.model.mode import IN_SESSION, Mode
from kacenv.model.playlist import SHORTEST_FADE

TOO_SHORT = Seconds(2.0)
"""Shortest rest of a track that is resumed."""
FADE_OUT = Seconds(4.0)
"""Fade-out of the music if the session is over by then."""
_SAME = Seconds(1.0)
"""Largest difference of two beginnings of one and the same track."""


def play_on(turn: StepContext, playing: Playing, at: Seconds, fade: Seconds) -> None:
    """Crossfade into a track at the place in it where it would be at `at`."""
    skipped = on_grid(max(0.0, at - playing.started_at))
    again = Playing(turn.state.last_play_id + 1, playing.cut, playing.started_at, skipped)
    turn.change(playing=again, last_play_id=again.play_id, cued=None)
    begin = on_grid(playing.cut.cue_in + skipped)
    # Not on the grid, so that it ends at the same sample.
    left = Seconds(round(playing.cut.cue_in + playing.cut.length - begin, 9))
    rest = replace(playing.cut, cue_in=begin, length=left)
    turn.order(CueTrack(again.play_id, rest), Crossfade(again.play_id, at, fade))


def lead_back(turn: StepContext, now_so: State, then: State) -> None:
    """Lead the music from where it is, in the state `now_so`, to that of the state `then`."""
    if then.mode in IN_SESSION:
        if not _is_same(turn.state.playing, then.playing):
            _return_to(turn, then.playing)
        return
    if (now_so.mode, now_so.ends_at) == (then.mode, then.ends_at):
        return
    ends_at = then.ends_at if then.mode is Mode.FADING and then.ends_at else turn.now
    if turn.state.playing is not None or turn.now < ends_at:
        track_changes.fade_out(turn, Seconds(max(FADE_OUT, ends_at - turn.now)))
    turn.change(playing=None, cued=None)


def _is_same(one: Playing | None, other: Playing | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.cut.key == other.cut.key and abs(one.started_at - other.started_at) < _SAME


def _return_to(turn: StepContext, playing: Playing | None) -> None:
    """Crossfade to the place where a track would be, or to the next if it is nearly over."""
    state = turn.state
    if playing is None or playing.cut.path in state.unplayable:
        track_changes.play_next(turn)
        return
    aside = state.changed(playing=playing)
    change = track_changes.change_at(aside)
    if change is None or change - turn.now < TOO_SHORT:
        drawn = track_choice.draw(aside, state.phase)
        track_changes.play(turn, drawn, track_changes.FROM_SILENCE)
        return
    rest = playing.ends_at - turn.now
    fade = min(track_changes.phase_fade(state, state.phase, playing.cut), rest / 2)
    fade = track_changes.within_playing(turn, on_grid(max(SHORTEST_FADE, fade)))
    play_on(turn, playing, turn.now, fade)
