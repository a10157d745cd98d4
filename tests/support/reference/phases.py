"""When a phase ends, and what the next one brings."""

from typing import Final

from support.reference import light, music
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
    """Return the reading of the phase's clock before which it doesn't end by itself."""
    if state.goes_home or state.phase.end is not EndKind.TRACK:
        return latest(state)
    return max(state.duration - state.phase.slack, state.not_before)


def phase_end(state: State, choose: Choice) -> Millis | None:
    """Return when the phase ends if nobody presses anything; None while time is held."""
    if not state.time_runs:
        return None
    opens = state.now + max(0, opening(state) - state.phase_clock)
    closes = state.now + max(0, latest(state) - state.phase_clock)
    return closes if opens >= closes else _change_within(state, opens, closes, choose)


def _change_within(state: State, opens: Millis, closes: Millis, choose: Choice) -> Millis:
    """Return when the piece that plays is over within the window; else the window's end."""
    change = music.change_of_pieces(state, choose)
    if not music_changes(state):
        return change if opens <= change <= closes else closes
    leaves = max(state.now, playing(state).ends - flow_into_next(state))
    if opens <= leaves <= closes:
        return leaves
    return opens if leaves < opens <= change else closes


def next_change(state: State, choose: Choice) -> Millis | None:
    """Return when the next piece of this phase begins; None if the phase's end comes instead."""
    change = music.change_of_pieces(state, choose)
    end = phase_end(state, choose)
    if end is None:
        return change
    if music_changes(state) and change <= end and playing(state).ends >= end + GENTLE:
        return None
    return change


def music_changes(state: State) -> bool:
    """Return False if the next phase has the same playlist: its music runs on."""
    if state.is_last:
        return True
    return state.plan.phases[state.index + 1].playlist.name != state.phase.playlist.name


def flow_into_next(state: State) -> Millis:
    """Return how long the phase after this one flows in; after the last, the music fades."""
    if state.is_last:
        return max(music.LEAST_FLOW, state.phase.crossfade)
    return flow_into(state, state.index + 1)


def flow_into(state: State, index: int) -> Millis:
    """Return how long a phase flows in: at most half of it."""
    return min(state.plan.phases[index].crossfade, state.durations[index] // 2)


def enter(state: State, index: int, choose: Choice) -> None:
    """Begin a phase: its clock, its music, its light."""
    runs_on = state.piece is not None and (
        state.plan.phases[index].playlist.name == state.phase.playlist.name
    )
    state.index = index
    state.phase_clock = state.not_before = 0
    state.told_up_to = -1
    state.say("phase", str(index))
    state.say("level", f"{state.phase.level:g}")
    if not runs_on:
        music.first_piece(state, flow_into(state, index), choose)
    light.follow(state, min(state.phase.light_fade, state.duration // 2))


def leave(state: State, choose: Choice) -> None:
    """End the phase: the next begins, or after the last the music fades."""
    if state.is_last:
        fade_out(state, flow_into_next(state))
    else:
        enter(state, state.index + 1, choose)


def fade_out(state: State, lasts: Millis) -> None:
    """Let the music fade to silence; then the session is over."""
    state.mode = Mode.FADING
    state.fade_ends = state.now + lasts
    state.snoozed = {}
    state.say("silence", "", lasts)


def come_home(state: State, choose: Choice) -> bool:
    """Go to the return arc, or stay in it, and compress what is left; False if that is so."""
    home = max(state.index, state.plan.home)
    stays = home == state.index
    spent = state.phase_clock if stays else 0
    left = max(0, state.durations[home] - spent) + sum(state.durations[home + 1 :])
    if state.mode is Mode.RETURNING and stays and left <= state.plan.within:
        return False
    if not state.goes_home:
        state.before_home = list(state.durations)
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
        state.durations = list(state.before_home)
        home = False
    state.mode = Mode.RETURNING if home else Mode.RUNNING
    enter(state, index, choose)
