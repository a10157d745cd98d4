"""When a phase ends, and what the next one brings."""

from typing import Final

from support.reference import check_ins, light, music
from support.reference.music import Choice, playing
from support.reference.plan import Millis
from support.reference.state import State

from kacenv.model.mode import Mode
from kacenv.model.scene import EndKind

GENTLE: Final = 4000
"""A piece that lasts so long beyond the end of its phase isn't left shortly before it."""


def latest(state: State) -> Millis:
    """Return the reading of the phase's clock at which it ends at the latest."""
    if state.goes_home or state.phase.end is EndKind.TIME:
        return state.duration
    return state.duration + state.phase.slack


def opening(state: State) -> Millis:
    """Return the reading of the phase's clock before which it doesn't end with a piece."""
    return max(state.duration - state.phase.slack, state.not_before)


def phase_end(state: State, choose: Choice) -> Millis | None:
    """Return when the phase ends if nobody presses anything; None while time is held."""
    if not state.time_runs:
        return None
    with_piece = end_with_piece(state, choose)
    closes = state.now + latest(state) - state.phase_clock
    return max(state.now, closes if with_piece is None else with_piece)


def end_with_piece(state: State, choose: Choice) -> Millis | None:
    """Return when the piece that plays ends the phase; None if it doesn't."""
    if state.goes_home or state.phase.end is not EndKind.TRACK:
        return None
    opens, closes = (
        state.now + reading - state.phase_clock for reading in (opening(state), latest(state))
    )
    change = music.change_of_pieces(state, choose)
    leaves = _leaves_for_next_phase(state, choose) if music_changes(state) else change
    if max(change, leaves) < opens or min(change, leaves) > closes:
        return None
    return min(max(leaves, opens), closes)


def _leaves_for_next_phase(state: State, choose: Choice) -> Millis:
    """Return when the piece that plays has just as much left as the next phase takes."""
    piece = playing(state)
    flow = min(flow_into_next(state, choose), music.share_of(piece.ends - piece.begins))
    return max(piece.begins + music.BRIEFEST, piece.ends - flow)


def next_change(state: State, choose: Choice) -> Millis | None:
    """Return when the next piece of this phase begins; None if the phase's end comes instead."""
    change = max(state.now, music.change_of_pieces(state, choose))
    end = phase_end(state, choose)
    if end is None or not music_changes(state) or change > end:
        return change
    needed = music.LEAST_FLOW if state.phase.playlist.order == "fit" else GENTLE
    lasts = playing(state).ends >= end + needed
    return None if lasts or end_with_piece(state, choose) is not None else change


def music_changes(state: State) -> bool:
    """Return False if the next phase has the same playlist: its music runs on."""
    if state.is_last:
        return True
    return state.plan.phases[state.index + 1].playlist.name != state.phase.playlist.name


def flow_into_next(state: State, choose: Choice) -> Millis:
    """Return how long the phase after this one flows in; after the last, the music fades."""
    if state.is_last:
        return max(music.LEAST_FLOW, state.phase.crossfade)
    flow = flow_into(state, state.index + 1)
    longest = music.longest_flow_anew(state.plan.phases[state.index + 1].playlist, choose)
    return min(max(music.LEAST_FLOW, flow), longest)


def flow_into(state: State, index: int) -> Millis:
    """Return how long a phase flows in: at most half of it."""
    return min(state.plan.phases[index].crossfade, round(state.durations[index] / 2))


def waits_from(state: State) -> Millis | None:
    """Return when the phase begins to wait for the therapist; None if it has, or won't."""
    waits = state.phase.end is EndKind.GO and state.time_runs and not state.goes_home
    return (
        state.now + state.duration - state.phase_clock if waits and not state.waits_told else None
    )


def wait(state: State) -> None:
    """Tell staff that the phase waits."""
    state.waits_told = True
    state.say("waits", state.phase.name)


def enter(state: State, index: int, choose: Choice) -> None:
    """Begin a phase: its clock, its music, its light; what it skips is named."""
    if index > state.index:
        check_ins.pass_over_phases(state, index)
    runs_on = state.piece is not None and (
        state.plan.phases[index].playlist.name == state.phase.playlist.name
    )
    state.index = index
    state.phase_clock = state.not_before = 0
    state.told_up_to = -1
    state.waits_told = False
    state.say("phase", str(index))
    state.level = state.phase.level
    state.say("level", f"{state.level:g}")
    if not runs_on:
        music.first_piece(state, flow_into(state, index), choose)
    light.follow(state, min(state.phase.light_fade, round(state.duration / 2)))


def leave(state: State, choose: Choice) -> None:
    """End the phase: the next begins, or after the last the music fades."""
    if state.is_last:
        fade_out(state, flow_into_next(state, choose))
    else:
        enter(state, state.index + 1, choose)


def end_by_itself(state: State, choose: Choice) -> None:
    """End the phase; where its music runs on and a piece is over, the next piece begins, too."""
    over = not music_changes(state) and music.change_of_pieces(state, choose) <= state.now
    leave(state, choose)
    if over:
        music.change_piece(state, choose)


def fade_out(state: State, lasts: Millis) -> None:
    """Let the music fade to silence; then the session is over."""
    if state.mode is not Mode.FADING:
        check_ins.pass_over_all(state)
    state.mode = Mode.FADING
    state.fade_ends = state.now + lasts
    state.piece = None
    state.say("silence", "", lasts)


def come_home(state: State, choose: Choice) -> bool:
    """Go to the return arc, or stay in it, and compress what is left; False if that is so."""
    home = max(state.index, state.plan.home)
    stays = home == state.index
    spent = state.phase_clock if stays else 0
    left = max(0, state.durations[home] - spent) + sum(state.durations[home + 1 :])
    if state.mode is Mode.RETURNING and stays and left <= state.plan.within:
        return False
    _compress(state, home, spent, left)
    state.mode = Mode.RETURNING
    if not stays:
        enter(state, home, choose)
    return True


def _compress(state: State, home: int, spent: Millis, left: Millis) -> None:
    most = min(left, state.plan.within)
    rest = max(0, state.durations[home] - spent)
    state.durations[home] = spent + (round(rest * most / left) if left else 0)
    for index in range(home + 1, len(state.durations)):
        state.durations[index] = round(state.durations[index] * most / left)


def go_back(state: State, choose: Choice) -> None:
    """Begin the phase before anew; before the arc, the way home is given up."""
    index = max(0, state.index - 1)
    home = state.goes_home
    if home and index < state.plan.home:
        planned = [phase.duration for phase in state.plan.phases]
        state.durations = state.durations[:index] + planned[index:]
        home = False
    state.mode = Mode.RETURNING if home else Mode.RUNNING
    enter(state, index, choose)
