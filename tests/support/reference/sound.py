"""Sound by hand: outputs louder, quieter or muted; the music low or silent."""

from collections.abc import Iterable
from typing import Final

from support.reference.state import Fade, State

VOLUME: Final = 1500
"""Time of a change of volume."""
STEEPEST: Final = 6.0
"""No volume changes by more decibels in a second."""
MUTE: Final = 2000
LOW: Final = 1000
UP_AGAIN: Final = 10_000
SILENCE: Final = 8000
AT_THE_END: Final = 500
"""How long low music and silence take to be given back when the session is over."""


def outputs(state: State, named: str | None, everyone: bool = True) -> list[str] | None:
    """Return the outputs that are meant: one, all, or those for people; None if unknown."""
    known = state.plan.outputs
    if named is not None:
        return [named] if named in known else None
    return [one for one, for_people in known.items() if everyone or for_people]


def set_volumes(state: State, meant: Iterable[str], level: float) -> bool:
    """Set outputs so many decibels from the plan; False if they are."""
    if all(volume(state, output) == level for output in meant):
        return False
    for output in meant:
        _set_volume(state, output, level)
    return True


def volume(state: State, output: str) -> float:
    """Return where an output's volume goes."""
    return state.volumes[output].target if output in state.volumes else 0.0


def _set_volume(state: State, output: str, level: float) -> None:
    origin = _heard(state, output)
    lasts = max(VOLUME, round(abs(level - origin) / STEEPEST * 1000))
    state.volumes[output] = Fade(origin, level, state.now, lasts)
    state.say("volume", f"{output} {level:g}", lasts)


def _heard(state: State, output: str) -> float:
    """Return an output's volume now; it goes evenly, in decibels."""
    fade = state.volumes.get(output, Fade(0.0, 0.0, 0, 0))
    if state.now >= fade.begins + fade.lasts or fade.origin is None:
        return fade.target
    share = (state.now - fade.begins) / fade.lasts
    return fade.origin + (fade.target - fade.origin) * share


def mute(state: State, meant: Iterable[str], muted: bool) -> bool:
    """Mute outputs or let them sound again; False if they are so."""
    changed = {one for one in meant if (one in state.muted) is not muted}
    state.muted = state.muted ^ changed
    for output in sorted(changed):
        state.say("mute", f"{output} {muted}", MUTE)
    return bool(changed)


def duck(state: State, ducked: bool) -> bool:
    """Lower the music or bring it back; False if it is so."""
    if state.ducked is ducked:
        return False
    state.ducked = ducked
    state.say("duck", str(ducked), LOW if ducked else UP_AGAIN)
    return True


def silence(state: State, silent: bool) -> bool:
    """Fade the music to silence or bring it back; False if it is so."""
    if state.silent is silent:
        return False
    state.silent = silent
    state.say("hush", str(silent), SILENCE)
    return True


def give_back(state: State) -> None:
    """Give all of it back when the session is over."""
    if state.ducked:
        state.say("duck", "False", AT_THE_END)
    if state.silent:
        state.say("hush", "False", AT_THE_END)
    state.ducked = state.silent = False
    mute(state, state.muted, muted=False)
    for output, fade in state.volumes.items():
        if fade.target:
            _set_volume(state, output, 0.0)


def lead_back(state: State, then: State) -> None:
    """Lead volumes, mutes, low music and silence to those of another course of the plan."""
    for output in state.plan.outputs:
        set_volumes(state, [output], volume(then, output))
    for output in sorted(then.muted ^ state.muted):
        mute(state, [output], muted=output in then.muted)
    duck(state, then.ducked)
    silence(state, then.silent)
