"""Phases: entering, leaving, compressing and finishing them."""

from typing import NamedTuple

from kacenv.core.derived import derived
from kacenv.core.units import Seconds, on_grid
from kacenv.engine import check_ins, lights, track_changes, track_choice, volume
from kacenv.engine.play_counts import PlayCounts
from kacenv.engine.state import LightHand, State, Stopwatch
from kacenv.engine.step_context import StepContext
from kacenv.model.commands import EnterPhase, SessionEnded
from kacenv.model.mode import Mode
from kacenv.model.playlist import SHORTEST_FADE, Cut
from kacenv.model.scene import EndKind

GENTLE_FADE = Seconds(4.0)
"""Playing time that a track needs after the phase's end to be faded out gently."""
STOPPING = Seconds(6.0)
"""Fade time of `stop`."""


def ends_at(state: State) -> Seconds | None:
    """Return the time at which this phase ends by itself; None while it is held."""
    return state.phase_clock.when(end_reading(state))


@derived
def end_reading(state: State) -> Seconds:
    """Return the reading of the phase's clock at which it ends by itself."""
    planned, duration = state.planned, state.duration
    if state.returning or planned.end is EndKind.TIME:
        return duration
    musical = _musical_end(state)
    return on_grid(duration + planned.slack) if musical is None else musical


@derived
def _musical_end(state: State) -> Seconds | None:
    """Return the reading at which a phase ends with the track playing; None if it can't.

    Its crossfade into the next phase is over with the track, as far as the window allows; a phase
    whose music goes on in the next one ends at the change of tracks.
    """
    change, slack = track_changes.change_at(state), state.planned.slack
    if change is None or state.planned.end is not EndKind.TRACK or state.returning:
        return None
    opens, closes = max(state.duration - slack, state.soonest_end), state.duration + slack
    last = track_changes.last_fade_at(state) if music_changes(state) else None
    wanted = change if last is None or track_changes.leans(state) else last
    earlier, later = sorted(state.phase_clock.reading(time) for time in (change, wanted))
    if later < on_grid(opens) or earlier > on_grid(closes):
        return None
    return on_grid(min(max(state.phase_clock.reading(wanted), opens), closes))


def change_at(state: State) -> Seconds | None:
    """Return the time of the next crossfade; a track that outlasts the phase plays to its end."""
    change, end = track_changes.change_at(state), ends_at(state)
    if change is None or end is None or change >= end or not music_changes(state):
        return change
    return end if _musical_end(state) is not None or _lasts(state, change, end) else change


def _lasts(state: State, change: Seconds, end: Seconds) -> bool:
    """Return True if the track isn't left shortly before the phase's end, which it outlasts."""
    queue, playing = state.planned.queue, state.playing
    needed = SHORTEST_FADE if queue.fit else GENTLE_FADE
    nearly = on_grid(end - queue.crossfade) <= change
    return playing is not None and nearly and playing.ends_at >= on_grid(end + needed)


def may_end_now(state: State, now: Seconds) -> bool:
    """Return True if the phase is near enough to its end to end with a track that ends now."""
    end = ends_at(state)
    if end is None or state.planned.end is EndKind.GO:
        return False
    if state.planned.end is EndKind.TRACK and not state.returning:
        return abs(state.phase_clock.reading(now) - state.duration) <= state.planned.slack
    return end - now <= state.planned.queue.crossfade


def waits_from(state: State) -> Seconds | None:
    """Return the time from which the phase waits for the therapist; None if it doesn't wait."""
    waits = state.planned.end is EndKind.GO and not state.returning and not state.waiting_told
    return state.phase_clock.when(state.duration) if waits else None


def enter(turn: StepContext, index: int) -> None:
    """Begin phase `index` now."""
    before = turn.state.planned.queue.name if turn.state.playing else None
    turn.change(
        phase=index,
        phase_clock=Stopwatch(since=turn.now),
        soonest_end=Seconds(0.0),
        phase_seen=Seconds(-1.0),
        waiting_told=False,
    )
    planned = turn.state.planned
    turn.order(EnterPhase(index, planned.name, turn.now))
    track_changes.set_level(turn, planned.level, planned.crossfade)
    if planned.queue.name != before:
        turn.change(heard=PlayCounts(), rotations={})
        _flow_in(turn, index)
    lights.follow_plan(turn, min(planned.light_fade, Seconds(turn.state.duration / 2)))


def _flow_in(turn: StepContext, index: int) -> None:
    drawn = track_choice.draw(turn.state, index)
    fade = track_changes.phase_fade(turn.state, index, drawn.cut) if drawn else SHORTEST_FADE
    track_changes.play(turn, drawn, fade)


class UpcomingTrack(NamedTuple):
    """Track to open next, and the time it is needed; `joins` if it begins by itself."""

    cut: Cut
    at: Seconds
    joins: bool = False


def upcoming_track(state: State) -> UpcomingTrack | None:
    """Return the track to open next; None without one."""
    end, change = ends_at(state), change_at(state)
    if end is not None and (change is None or end <= change) and music_changes(state):
        drawn = track_choice.draw(state, state.phase + 1) if not state.is_last_phase else None
        return UpcomingTrack(drawn.cut, end) if drawn else None
    drawn = track_choice.draw(state, state.phase)
    if drawn is None or change is None:
        return None
    return UpcomingTrack(drawn.cut, change, track_changes.joins_at(state, change))


def music_changes(state: State) -> bool:
    """Return True if this phase's end brings another queue, or the end of the music."""
    if state.is_last_phase:
        return True
    return state.plan.phases[state.phase + 1].queue.name != state.planned.queue.name


def leave(turn: StepContext) -> None:
    """End this phase: begin the next, or finish the session."""
    if turn.state.is_last_phase:
        finish(turn, track_changes.last_fade(turn.state))
    else:
        go_to(turn, turn.state.phase + 1)


def end_by_itself(turn: StepContext) -> None:
    """End this phase at its time; a track that changes then does so in the next phase, too."""
    change = track_changes.change_at(turn.state)
    changes = change is not None and change <= turn.now and not music_changes(turn.state)
    leave(turn)
    if changes:
        track_changes.play_next(turn)


def go_to(turn: StepContext, index: int) -> None:
    """Go to phase `index`; check-ins skipped on the way forward are reported."""
    if index > turn.state.phase:
        check_ins.pass_over_phases(turn, index)
    enter(turn, index)


def come_home(turn: StepContext) -> bool:
    """Go to the return arc, or stay in it, and compress the time left.

    Returns False if the session is returning already and can't be shortened further.
    """
    state = turn.state
    first = max(state.phase, state.plan.return_from)
    inside = state.phase == first
    spent = state.phase_clock.reading(turn.now) if inside else Seconds(0.0)
    left = max(0.0, state.durations[first] - spent) + sum(state.durations[first + 1 :])
    if state.returning and inside and state.mode is Mode.RETURNING and left <= _most(state):
        return False
    scale = min(1.0, state.plan.return_within / left) if left else 1.0
    turn.change(durations=_compressed(state, first, spent, scale), returning=True)
    resume(turn)
    if not inside:
        go_to(turn, first)
    return True


def _most(state: State) -> float:
    """Return the longest return, with a margin for rounding (seconds)."""
    return state.plan.return_within + 0.001


def go_back(turn: StepContext) -> None:
    """Begin the previous phase anew; going back before the return arc cancels the return."""
    state = turn.state
    index = max(0, state.phase - 1)
    if state.returning and index < state.plan.return_from:
        planned = tuple(on_grid(phase.duration) for phase in state.plan.phases)
        turn.change(returning=False, durations=state.durations[:index] + planned[index:])
    resume(turn)
    go_to(turn, index)


def _compressed(state: State, first: int, spent: Seconds, scale: float) -> tuple[Seconds, ...]:
    before, now, after = (
        state.durations[:first],
        on_grid(spent + max(0.0, state.durations[first] - spent) * scale),
        (on_grid(duration * scale) for duration in state.durations[first + 1 :]),
    )
    return (*before, now, *after)


def resume(turn: StepContext) -> None:
    """Resume both clocks."""
    state = turn.state
    turn.change(
        mode=Mode.RETURNING if state.returning else Mode.RUNNING,
        phase_clock=state.phase_clock.run(turn.now),
        session_clock=state.session_clock.run(turn.now),
    )


def finish(turn: StepContext, fade: Seconds) -> None:
    """Fade the music out over `fade`, and end the session with it."""
    check_ins.pass_over_phases(turn, turn.state.phase + 1)
    check_ins.pass_over_session(turn)
    track_changes.fade_out(turn, fade)
    turn.change(mode=Mode.FADING, ends_at=on_grid(turn.now + fade))


def stop(turn: StepContext) -> None:
    """Fade the music out, and fade to the safe light, within `STOPPING`."""
    fading = turn.state.mode is Mode.FADING
    if fading and turn.state.ends_at is not None:
        if turn.state.ends_at > on_grid(turn.now + STOPPING):
            track_changes.fade_out(turn, STOPPING)
            turn.change(ends_at=on_grid(turn.now + STOPPING))
    else:
        finish(turn, STOPPING)
    if turn.state.light_hand is not LightHand.LIGHTS_UP:
        lights.lead_to_safety(turn, STOPPING)


def end_session(turn: StepContext) -> None:
    """Reset the state for the next session, once the last fade is over."""
    state = turn.state
    volume.reset(turn)
    turn.order(SessionEnded(turn.now))
    state = turn.state
    turn.state = State(
        room=state.room,
        level=state.level,
        volumes=state.volumes,
        light=state.light,
        light_hand=state.light_hand,
        last_play_id=state.last_play_id,
        answered=state.answered,
    )
