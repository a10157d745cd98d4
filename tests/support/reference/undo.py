"""Taking a press back: the plan lives on as if it had never been pressed."""

from copy import copy
from typing import Final

from support.reference import check_ins, light, moments, music, phases, sound
from support.reference.music import Choice
from support.reference.plan import Millis
from support.reference.state import Kept, Piece, State

from kacenv.model.mode import Mode

WITHIN: Final = 10_000
SAME: Final = 1000
"""Of one piece, two beginnings that are nearer to each other are one."""
TOO_SHORT: Final = 2000
"""A piece that has to give way so soon isn't taken up again; the next one comes."""
ANEW: Final = 3000
"""How long that one flows in."""
_AS_IT_IS: Final = (
    *("kept", "count", "happenings"),
    *("light", "volumes", "muted", "ducked", "silent"),
)
"""What doesn't change by the mere return to another course; the room is led there."""
GENTLE: Final = 4000
"""How long the level takes at least, and the music to silence."""


def still_kept(state: State) -> list[Kept]:
    """Return the presses of the last ten seconds, the last of them last."""
    return [one for one in state.kept if state.now - one.at <= WITHIN]


def take_back(state: State, kept: list[Kept], choose: Choice) -> bool:
    """Take back the last of these presses; False if it can't be."""
    last = kept[-1]
    state.kept = kept[:-1]
    if last.before is None:
        return False
    then = last.before.copy()
    moments.run_until(then, state.now, choose.since(last.place))
    was = copy(state)
    vars(state).update(vars(then))
    for kept_so in _AS_IT_IS:
        setattr(state, kept_so, getattr(was, kept_so))
    _lead_there(state, was, then, choose)
    check_ins.ring_missed(state, last.before.due, was.due)
    _tell_missed(state, then, last.at)
    return True


def _lead_there(state: State, was: State, then: State, choose: Choice) -> None:
    """Lead music, level and light from where they were to where they would be."""
    if then.index != was.index:
        state.say("phase", str(then.index))
    if then.level != was.level:
        state.say("level", f"{then.level:g}")
    _lead_music(state, was, choose)
    light.lead_back(state, then, was.light_by)
    sound.lead_back(state, then)
    if then.mode is Mode.IDLE and was.mode is not Mode.IDLE:
        state.say("over", "")


def _tell_missed(state: State, then: State, since: Millis) -> None:
    """Tell what would have been told by now, and wasn't."""
    for what in ("passed", "waits"):
        told = state.since(since, what)
        for name in then.since(since, what):
            if name not in told:
                state.say(what, name)


def _lead_music(state: State, was: State, choose: Choice) -> None:
    playing = was.piece
    wanted, state.piece = state.piece, playing
    if state.mode in {Mode.FADING, Mode.IDLE}:
        fades_on = state.mode is Mode.FADING and state.fade_ends != was.fade_ends
        if playing is not None or fades_on:
            state.say("silence", "", max(GENTLE, state.fade_ends - state.now))
        state.piece = None
    elif wanted is not None and not _is_same(playing, wanted):
        _return_to(state, wanted, choose)


def _is_same(one: Piece | None, other: Piece) -> bool:
    return one is not None and one[:2] == other[:2] and abs(one.begins - other.begins) < SAME


def _return_to(state: State, wanted: Piece, choose: Choice) -> None:
    """Take a piece up again where it would be, or begin the next if it is nearly over."""
    playing, state.piece = state.piece, wanted
    if music.change_of_pieces(state, choose) - state.now < TOO_SHORT:
        music.begin_instead(state, playing, ANEW, choose)
        return
    flow = min(
        phases.flow_into(state, state.index),
        music.share_of(wanted.ends - wanted.begins),
        music.share_of(wanted.ends - state.now),
    )
    state.piece = playing
    flow = music.until_end(state, max(flow, music.LEAST_FLOW))
    state.piece = wanted
    choose.expect(wanted)
    state.say("piece", f"{wanted.playlist} {wanted.number}", flow)
