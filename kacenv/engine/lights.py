"""Light: fades to looks, with a bound on the rate of change."""

import math

from kacenv.core.errors import RefusedError
from kacenv.core.fades import LIGHT_CURVE, Fade
from kacenv.core.units import Level, Seconds
from kacenv.engine.state import LightHand, State
from kacenv.engine.step_context import StepContext
from kacenv.model.commands import DimmerStep, ResumeLights, ShowLook
from kacenv.model.look import Look, Setting, Zone

LIGHTS_UP = Seconds(3.0)
"""Fade time of lights-up, from any state."""
UNKNOWN = Fade.steady_light(math.nan)
"""Fade of a zone whose light is unknown."""
STEP = 0.75
"""Factor of a step dimmer."""
BY_HAND = Seconds(4.0)
"""Fade time of a change that the therapist asks for."""


def show(turn: StepContext, look: Look, duration: Seconds, step: DimmerStep | None = None) -> None:
    """Fade to `look` in `duration`, or longer where the bound on the slope requires it."""
    if not look:
        return
    needed = (_bounded(turn, zone, look[zone].level, duration) for zone in look)
    longest = max(fade.duration for fade in needed)
    fades = {zone: _bounded(turn, zone, look[zone].level, longest) for zone in look}
    turn.change(light={**turn.state.light, **fades})
    cool = turn.state.timeline is not None and turn.state.planned.cool_light
    turn.order(ShowLook(look, turn.now, longest, cool=cool, step=step))


def _bounded(turn: StepContext, zone: Zone, target: float, duration: Seconds) -> Fade:
    """Return a zone's fade; from an unknown level, slow enough for any start."""
    before, steepest = turn.state.light.get(zone, UNKNOWN), turn.state.room.steepest_light
    if math.isnan(before.value_at(turn.now)):
        from_dark, from_full = (
            Fade.steady_light(farthest).toward(target, turn.now, duration, steepest)
            for farthest in (0.0, 1.0)
        )
        longest = max(from_dark.duration, from_full.duration)
        return Fade(math.nan, target, turn.now, longest, LIGHT_CURVE)
    return before.toward(target, turn.now, duration, steepest)


def follow_plan(turn: StepContext, duration: Seconds) -> None:
    """Show the phase's look, if it has one and lights-up isn't active."""
    if turn.state.light_hand is LightHand.LIGHTS_UP or not turn.state.planned.look:
        return
    turn.change(light_hand=LightHand.PLAN)
    show(turn, turn.state.planned.look, duration)


def back_to_plan(turn: StepContext) -> None:
    """Show the union of the looks up to this phase."""
    turn.change(light_hand=LightHand.PLAN)
    show(turn, planned_so_far(turn.state), BY_HAND)


def is_led_to(state: State, look: Look, hand: LightHand) -> bool:
    """Return True if `hand` leads the light, and the zones of `look` go to its levels already."""
    led = state.light
    there = all(zone in led and led[zone].target == look[zone].level for zone in look)
    return state.light_hand is hand and there


def planned_so_far(state: State) -> Look:
    """Return the union of the looks up to this phase; later ones win."""
    planned = state.plan.phases[: state.phase + 1]
    return {zone: setting for phase in planned for zone, setting in phase.look.items()}


def stepped(state: State, now: Seconds, *, up: bool) -> Look:
    """Return every zone's level a step brighter or dimmer; white temperatures stay.

    A step is a quarter of the level, and at least 1%. It starts from the level set by hand, or else
    from the level seen now, and never goes against its name: "brighter" stops a fade into the dark.

    Raises:
        RefusedError: no lamp's state is known.
    """
    lit = {fixture.zone for fixture in state.room.lights}
    by_hand = state.light_hand is LightHand.THERAPIST
    fades = {zone: fade for zone, fade in state.light.items() if zone in lit}
    if not fades:
        raise RefusedError("Nothing is known of the lamps yet. Set a level: kacenv lights 20%")
    levels = {zone: _next_step(fade, now, up, by_hand) for zone, fade in fades.items()}
    return {zone: Setting(Level(level)) for zone, level in levels.items()}


def _next_step(fade: Fade, now: Seconds, up: bool, by_hand: bool) -> float:
    seen = fade.value_at(now)
    if math.isnan(seen):
        return _stepped(fade.target, up=up)
    after = _stepped(fade.target if by_hand else seen, up=up)
    return max(after, seen) if up else min(after, seen)


def _stepped(level: float, *, up: bool) -> float:
    after = max(level / STEP, level + 0.01) if up else min(level * STEP, level - 0.01)
    return round(min(1.0, max(0.0, after)), 4)


def lead_to_safety(turn: StepContext, duration: Seconds) -> None:
    """Fade to the safe light until the next look, unless the lamps are fading there already."""
    safe, led = turn.state.room.safe_light, turn.state.light
    if any(zone not in led or led[zone].target != safe[zone].level for zone in safe):
        show(turn, safe, duration)
    turn.change(light_hand=LightHand.THERAPIST)


def lights_up(turn: StepContext) -> None:
    """Show the safe light within `LIGHTS_UP`, from any state."""
    look = turn.state.room.safe_light
    fades = {
        zone: turn.state.light.get(zone, UNKNOWN).toward(look[zone].level, turn.now, LIGHTS_UP)
        for zone in look
    }
    turn.change(light={**turn.state.light, **fades}, light_hand=LightHand.LIGHTS_UP)
    turn.order(ShowLook(look, turn.now, LIGHTS_UP, urgent=True))


def lead_back(turn: StepContext, now_so: State, then: State) -> None:
    """Lead the lamps from where they are to the light of the state `then`."""
    if then.light_hand is LightHand.LIGHTS_UP:
        if now_so.light_hand is not LightHand.LIGHTS_UP:
            lights_up(turn)
        return
    aims, there = aimed_at(then), aimed_at(now_so)
    moves = any(there.get(zone) != aim for zone, aim in aims.items())
    if moves or then.light_hand is not now_so.light_hand:
        left = max((fade.end - turn.now for fade in then.light.values()), default=0.0)
        show(turn, aimed_at(then), Seconds(max(BY_HAND, left)))


def aimed_at(state: State) -> Look:
    """Return the look that the zones should show by now; a level by hand keeps the plan's white."""
    asked = {zone: Setting(Level(fade.target)) for zone, fade in state.light.items()}
    if state.timeline is None:
        return asked
    planned = planned_so_far(state)
    if state.light_hand is LightHand.PLAN:
        return {**asked, **planned}
    return {zone: planned.get(zone, one)._replace(level=one.level) for zone, one in asked.items()}


def resume(turn: StepContext) -> None:
    """Return manually changed lamps to their look; leave the others."""
    turn.order(ResumeLights(turn.now, BY_HAND))
