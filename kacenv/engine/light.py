"""The light: looks, shown no faster than eyes at rest can bear."""

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
BY_HAND = Seconds(4.0)
"""A change asked for by the therapist."""


def show(turn: Turn, look: Look, duration: Seconds) -> None:
    """Fade to `look` in `duration`, or longer where the bound on light asks for it."""
    if not look:
        return
    fades = {
        zone: _believed(turn, zone, setting.level).toward(
            setting.level, turn.now, duration, STEEPEST_LIGHT
        )
        for zone, setting in look.items()
    }
    turn.change(light={**turn.state.light, **fades})
    turn.order(ShowLook(look, turn.now, max(fade.duration for fade in fades.values())))


def _believed(turn: Turn, zone: Zone, target: float) -> Fade:
    """What a zone shows; where nobody knows, what is farthest from the target."""
    farthest = Fade.steady(0.0 if target >= 0.5 else 1.0)
    return turn.state.light.get(zone, farthest)


def follow_plan(turn: Turn, duration: Seconds) -> None:
    """Show the phase's look, unless lights-up still holds."""
    if turn.state.light_hand is LightHand.LIGHTS_UP:
        return
    turn.change(light_hand=LightHand.PLAN)
    show(turn, turn.state.planned.look, duration)


def lights_up(turn: Turn) -> None:
    """The safe light, at once, from any state."""
    look = turn.state.room.safe_light
    fades = {
        zone: _believed(turn, zone, setting.level).toward(setting.level, turn.now, LIGHTS_UP)
        for zone, setting in look.items()
    }
    turn.change(light={**turn.state.light, **fades}, light_hand=LightHand.LIGHTS_UP)
    turn.order(ShowLook(look, turn.now, LIGHTS_UP, urgent=True))
