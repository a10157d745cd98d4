"""The light: looks, shown no faster than eyes at rest can bear."""

import math

from kacenv.commands import ShowLook
from kacenv.engine.state import LightHand
from kacenv.engine.turn import Turn
from kacenv.fades import Fade
from kacenv.look import Look, Zone
from kacenv.units import Seconds

STEEPEST_LIGHT = 0.2
"""No light changes faster than this (share of full, as the eye sees it, per second)."""
LIGHTS_UP = Seconds(3.0)
"""Lights-up takes this long, from any state."""
UNKNOWN = Fade.steady(math.nan)
"""The light of a zone before anything is known of it."""
BY_HAND = Seconds(4.0)
"""A change asked for by the therapist."""


def show(turn: Turn, look: Look, duration: Seconds) -> None:
    """Fade to `look` in `duration`, or longer where the bound on light asks for it."""
    if not look:
        return
    needed = (_bounded(turn, zone, look[zone].level, duration) for zone in look)
    longest = max(fade.duration for fade in needed)
    fades = {zone: _bounded(turn, zone, look[zone].level, longest) for zone in look}
    turn.change(light={**turn.state.light, **fades})
    turn.order(ShowLook(look, turn.now, longest))


def _bounded(turn: Turn, zone: Zone, target: float, duration: Seconds) -> Fade:
    """A zone's fade; from a light that nobody knows it's slow enough for any change."""
    before = turn.state.light.get(zone, UNKNOWN)
    if math.isnan(before.value_at(turn.now)):
        from_dark, from_full = (
            Fade.steady(farthest).toward(target, turn.now, duration, STEEPEST_LIGHT)
            for farthest in (0.0, 1.0)
        )
        longest = max(from_dark.duration, from_full.duration)
        return Fade(math.nan, target, turn.now, longest)
    return before.toward(target, turn.now, duration, STEEPEST_LIGHT)


def follow_plan(turn: Turn, duration: Seconds) -> None:
    """Show the phase's look, if it has one and lights-up doesn't hold."""
    if turn.state.light_hand is LightHand.LIGHTS_UP or not turn.state.planned.look:
        return
    turn.change(light_hand=LightHand.PLAN)
    show(turn, turn.state.planned.look, duration)


def back_to_plan(turn: Turn) -> None:
    """Show what the looks up to this phase make together."""
    turn.change(light_hand=LightHand.PLAN)
    planned = turn.state.plan.phases[: turn.state.phase + 1]
    together = {zone: setting for phase in planned for zone, setting in phase.look.items()}
    show(turn, together, BY_HAND)


def lead_to_safety(turn: Turn, duration: Seconds) -> None:
    """Fade to the safe light until the next look, unless the lamps are on their way there."""
    safe, led = turn.state.room.safe_light, turn.state.light
    if any(zone not in led or led[zone].target != safe[zone].level for zone in safe):
        show(turn, safe, duration)
    turn.change(light_hand=LightHand.THERAPIST)


def lights_up(turn: Turn) -> None:
    """The safe light, at once, from any state."""
    look = turn.state.room.safe_light
    fades = {
        zone: turn.state.light.get(zone, UNKNOWN).toward(look[zone].level, turn.now, LIGHTS_UP)
        for zone in look
    }
    turn.change(light={**turn.state.light, **fades}, light_hand=LightHand.LIGHTS_UP)
    turn.order(ShowLook(look, turn.now, LIGHTS_UP, urgent=True))
