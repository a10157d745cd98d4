"""The light of the zones: which look, from when, and how long it takes."""

from typing import Final

from support.reference.plan import Millis
from support.reference.state import Fade, State

from kacenv.core.units import Level
from kacenv.model.look import Look, Setting, Zone
from kacenv.model.mode import Mode

BY_HAND: Final = 4000
"""Time of a change by hand."""
LIGHTS_UP: Final = 3000
"""Time of lights-up."""
STEEPEST: Final = 0.2
"""Light doesn't change by more in a second, as the eye sees it (`steepest_light`)."""


def follow(state: State, wanted: Millis) -> None:
    """Lead the zones to the phase's look, if it has one and lights-up isn't on."""
    if state.phase.look and state.light_by != "lights-up":
        state.light_by = "plan"
        show(state, state.phase.look, wanted)


def set_by_hand(state: State, level: float) -> bool:
    """Lead all zones to one level, until the next look; False if they are."""
    look = {zone: Setting(Level(level)) for zone in state.plan.zones}
    if state.light_by == "hand" and _is_led_to(state, look):
        return False
    state.light_by = "hand"
    show(state, look, BY_HAND)
    return True


def _is_led_to(state: State, look: Look) -> bool:
    return all(
        zone in state.light and state.light[zone].target == setting.level
        for zone, setting in look.items()
    )


def give_back(state: State) -> bool:
    """Lead the zones back to the looks so far; without a session, only let the next lead them."""
    was, state.light_by = state.light_by, "plan"
    if state.mode is Mode.IDLE:
        return was != "plan"
    if was == "plan" and _is_led_to(state, _so_far(state)):
        return False
    show(state, _so_far(state), BY_HAND)
    return True


def _so_far(state: State) -> Look:
    """Return the looks up to this phase as one; later ones win."""
    looks = [phase.look for phase in state.plan.phases[: state.index + 1]]
    return {zone: light for look in looks for zone, light in look.items()}


def lights_up(state: State) -> None:
    """Bring up the safe light, however far it is."""
    state.light_by = "lights-up"
    _lead(state, state.plan.safe_light, LIGHTS_UP)


def lead_back(state: State, then: State, was_by: str) -> None:
    """Lead the zones from where they are to the light of another course of the plan."""
    if then.light_by == "lights-up":
        if was_by != "lights-up":
            lights_up(state)
        return
    aims = {zone: fade.target for zone, fade in then.light.items()}
    there = {zone: state.light[zone].target for zone in aims if zone in state.light}
    if aims != there or then.light_by != was_by:
        ends = [fade.begins + fade.lasts - state.now for fade in then.light.values()]
        show(state, _aimed_at(then), max([BY_HAND, *ends]))


def _aimed_at(then: State) -> Look:
    asked = {zone: Setting(Level(fade.target)) for zone, fade in then.light.items()}
    follows = then.light_by == "plan" and then.mode is not Mode.IDLE
    return {**asked, **_so_far(then)} if follows else asked


def make_safe(state: State, wanted: Millis) -> bool:
    """Lead the zones to the safe light, unless they are on their way there; say which."""
    if state.light_by == "lights-up":
        return False
    was, state.light_by = state.light_by, "hand"
    safe = state.plan.safe_light
    led = {zone: fade.target for zone, fade in state.light.items()}
    if all(led.get(zone) == setting.level for zone, setting in safe.items()):
        return was != "hand"
    show(state, safe, wanted)
    return True


def words_of(look: Look) -> str:
    """Return a look in words."""
    return ", ".join(sorted(f"{zone} {setting}" for zone, setting in look.items()))


def show(state: State, look: Look, wanted: Millis) -> None:
    """Lead the zones to a look, all of them in one time, and no faster than they may change."""
    needed = [_needed(seen(state, zone), setting.level) for zone, setting in look.items()]
    if look:
        _lead(state, look, max([wanted, *needed]))


def _lead(state: State, look: Look, lasts: Millis) -> None:
    for zone, setting in look.items():
        state.light[zone] = Fade(seen(state, zone), setting.level, state.now, lasts)
    state.say("light", words_of(look), lasts)


def _needed(origin: float | None, target: float) -> Millis:
    """Return the shortest time for a change; from the farthest, if nobody knows from where."""
    change = max(target, 1 - target) if origin is None else abs(target - origin)
    return round(change / STEEPEST * 1000)


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
    return fade.origin + (fade.target - fade.origin) * share
