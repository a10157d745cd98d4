"""The light of the zones: which look, from when, and how long it takes."""

import math
from typing import Final

from support.reference.plan import Millis
from support.reference.state import Fade, State

from kacenv.model.look import Look, Zone

STEEPEST: Final = 0.2
"""Light doesn't change by more in a second, as the eye sees it (`steepest_light`)."""


def follow(state: State, wanted: Millis) -> None:
    """Lead the zones to the phase's look, if it has one."""
    show(state, state.phase.look, wanted)


def make_safe(state: State, wanted: Millis) -> bool:
    """Lead the zones to the safe light, unless they are on their way there; say which."""
    safe = state.plan.safe_light
    led = {zone: fade.target for zone, fade in state.light.items()}
    if all(led.get(zone) == setting.level for zone, setting in safe.items()):
        return False
    show(state, safe, wanted)
    return True


def words_of(look: Look) -> str:
    """Return a look in words."""
    return ", ".join(sorted(f"{zone} {setting}" for zone, setting in look.items()))


def show(state: State, look: Look, wanted: Millis) -> None:
    """Lead the zones to a look, all of them in one time."""
    if not look:
        return
    origins = {zone: seen(state, zone) for zone in look}
    needed = [_needed(origins[zone], setting.level) for zone, setting in look.items()]
    lasts = max([wanted, *needed])
    for zone, setting in look.items():
        state.light[zone] = Fade(origins[zone], setting.level, state.now, lasts)
    state.say("light", words_of(look), lasts)


def _needed(origin: float | None, target: float) -> Millis:
    """Return the shortest time for a change; from the farthest, if nobody knows from where."""
    change = max(target, 1 - target) if origin is None else abs(target - origin)
    return round(change * math.pi / 2 / STEEPEST * 1000)


def seen(state: State, zone: Zone) -> float | None:
    """Return the light of a zone now, as the eye sees it."""
    fade = state.light.get(zone)
    if fade is None:
        return None
    if state.now >= fade.begins + fade.lasts:
        return fade.target
    if fade.origin is None:
        return None
    share = (state.now - fade.begins) / fade.lasts
    return fade.origin + (fade.target - fade.origin) * (1 - math.cos(math.pi * share)) / 2
