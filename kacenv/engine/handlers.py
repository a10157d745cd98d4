"""Handlers of requests; each returns the reply that the therapist reads."""

from collections.abc import Callable
from typing import Any, Final

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds, format_seconds, on_grid
from kacenv.engine import (
    check_ins,
    lights,
    phases,
    press_guard,
    seat_clocks,
    transitions,
    undo,
    volume,
)
from kacenv.engine.state import LightHand, State, Stopwatch
from kacenv.engine.step_context import StepContext
from kacenv.engine.transitions import Outcome
from kacenv.model.commands import DimmerStep, StrikeChime
from kacenv.model.look import Setting
from kacenv.model.mode import Mode
from kacenv.model.requests import (
    Back,
    Chime,
    Done,
    Duck,
    End,
    Extend,
    Hold,
    Intensity,
    Lights,
    LightsResume,
    LightsUp,
    Music,
    Mute,
    Next,
    Pass,
    Press,
    Release,
    SeatStarted,
    Shorten,
    Silence,
    Snooze,
    Start,
    Stop,
    Undo,
    Volume,
)
from kacenv.model.scene import Audience

SOONEST_END = Seconds(60.0)
"""Least time that a shortened phase goes on, unless less was left."""


_BY_SOMEBODY_ELSE: Final = "If a lamp was changed by hand: kacenv lights resume"


def start(turn: StepContext, request: Start) -> str:
    """Begin a session, unless one is on."""
    if turn.state.timeline == request.timeline and turn.state.mode is not Mode.FADING:
        return "This session is on already."
    if transitions.TRANSITIONS[turn.state.mode]["start"] is Outcome.REFUSE:
        raise transitions.refusal(turn.state.mode)
    plan = request.timeline
    turn.change(
        mode=Mode.RUNNING,
        timeline=plan,
        durations=tuple(on_grid(planned.duration) for planned in plan.phases),
        session_clock=Stopwatch(since=turn.now),
        light_hand=_light_hand_at_start(turn.state),
        pressed={},
        left_so={},
        presses=0,
        kept=(),
    )
    phases.enter(turn, 0)
    return (
        f"{plan.title} begins with {plan.phases[0].name}; {format_seconds(plan.duration)} planned."
    )


def _light_hand_at_start(state: State) -> LightHand:
    """Keep lights-up across the start of a session; drop any other override."""
    asked = state.light_hand is LightHand.LIGHTS_UP
    return LightHand.LIGHTS_UP if asked else LightHand.PLAN


def press(turn: StepContext, request: Press) -> str:
    """Handle a press, if it makes sense in this mode and isn't a double press."""
    mode = turn.state.mode
    answer = transitions.TRANSITIONS[mode][request.kind]
    if answer is Outcome.ALREADY:
        return transitions.already(mode, request.kind)
    if answer is Outcome.REFUSE:
        raise transitions.refusal(mode)
    if press_guard.is_double(turn.state, request, turn.now):
        return "Done already. Press again in a moment to do it once more."
    before, ordered = turn.state, len(turn.commands)
    reply = HANDLERS[type(request)](turn, request)
    if turn.state != before or len(turn.commands) > ordered:
        press_guard.remember(turn, request, before)
        if not isinstance(request, Undo):
            undo.keep(turn, before, request)
    return reply


def _hold(turn: StepContext, _: Hold) -> str:
    state = turn.state
    turn.change(
        mode=Mode.HELD,
        phase_clock=state.phase_clock.rest(turn.now),
        session_clock=state.session_clock.rest(turn.now),
    )
    return f"Holding in {state.planned.name}. The music goes on until you release."


def _release(turn: StepContext, _: Release) -> str:
    phases.resume(turn)
    return f"Time runs on in {turn.state.planned.name}."


def _extend(turn: StepContext, request: Extend) -> str:
    state = turn.state
    durations = list(state.durations)
    durations[state.phase] = on_grid(
        max(state.duration, state.phase_clock.reading(turn.now)) + request.by
    )
    turn.change(durations=tuple(durations), waiting_told=False)
    name, length = state.planned.name, format_seconds(durations[state.phase])
    return f"{name.capitalize()} is now {length} long; what follows moves with it."


def _shorten(turn: StepContext, request: Shorten) -> str:
    """Shorten the phase, but leave it `SOONEST_END` from now."""
    state = turn.state
    soonest = on_grid(state.phase_clock.reading(turn.now) + SOONEST_END)
    shorter = on_grid(max(state.duration - request.by, min(soonest, state.duration)))
    name, length = state.planned.name.capitalize(), format_seconds(shorter)
    if shorter == state.duration:
        return f"{name} stays {length} long; it has no minute left that could be taken off."
    durations = (*state.durations[: state.phase], shorter, *state.durations[state.phase + 1 :])
    ends_anyway = phases.ends_at(state) is not None and phases.end_reading(state) < soonest
    soonest_end = phases.end_reading(state) if ends_anyway else soonest
    turn.change(durations=durations, soonest_end=soonest_end)
    return f"{name} is now {length} long; what follows moves with it."


def _next(turn: StepContext, _: Next) -> str:
    phases.resume(turn)
    phases.leave(turn)
    if turn.state.mode is Mode.FADING:
        return "That was the last phase; the music fades out."
    return f"Going on to {turn.state.planned.name}."


def _back(turn: StepContext, _: Back) -> str:
    phases.go_back(turn)
    return f"Going back to {turn.state.planned.name}."


def _silence(turn: StepContext, _: Silence) -> str:
    return volume.hush(turn, hushed=True)


def _music(turn: StepContext, _: Music) -> str:
    return volume.hush(turn, hushed=False)


def _lights(turn: StepContext, request: Lights) -> str:
    if request.step is not None:
        return _step_lights(turn, request.step)
    if request.level is None:
        return _lights_to_plan(turn)
    zones = sorted({fixture.zone for fixture in turn.state.room.lights})
    look = {zone: Setting(request.level) for zone in zones}
    if lights.is_led_to(turn.state, look, LightHand.THERAPIST):
        return f"Lights are led to {request.level:.0%} already. {_BY_SOMEBODY_ELSE}"
    turn.change(light_hand=LightHand.THERAPIST)
    lights.show(turn, look, lights.BY_HAND)
    return f"Lights go to {request.level:.0%}, until the next phase's look."


def _step_lights(turn: StepContext, step: DimmerStep) -> str:
    look = lights.stepped(turn.state, turn.now, up=step == "brighter")
    lights.show(turn, look, lights.BY_HAND, step)
    turn.change(light_hand=LightHand.THERAPIST)
    return f"Lights go {step}, until the next phase's look."


def _lights_to_plan(turn: StepContext) -> str:
    if turn.state.timeline is None:
        turn.change(light_hand=LightHand.PLAN)
        return "The lights follow the plan from the next session on."
    if lights.is_led_to(turn.state, lights.planned_so_far(turn.state), LightHand.PLAN):
        return f"The lights follow the plan already. {_BY_SOMEBODY_ELSE}"
    lights.back_to_plan(turn)
    return "The lights follow the plan again."


def _lights_up(turn: StepContext, _: LightsUp) -> str:
    lights.lights_up(turn)
    return "Lights are coming up and stay up. Give them back with: kacenv lights plan"


def _lights_resume(turn: StepContext, _: LightsResume) -> str:
    lights.resume(turn)
    return "Lamps that were changed by hand go back to their look."


def _chime(turn: StepContext, request: Chime) -> str:
    known = turn.state.room.phrases
    if request.chime not in known:
        raise RefusedError(
            f"There is no chime {request.chime} here; there are: {', '.join(known)}."
        )
    turn.order(StrikeChime(known[request.chime], Audience.STAFF, turn.now))
    return "Chime for staff."


def _end(turn: StepContext, _: End) -> str:
    if not phases.come_home(turn):
        return "Already on the way home."
    state = turn.state
    left = sum(state.durations[state.phase :]) - state.phase_clock.reading(turn.now)
    return f"Coming home through {state.planned.name}; {format_seconds(left)} to the end."


def _stop(turn: StepContext, _: Stop) -> str:
    phases.stop(turn)
    return "Stopping: the music fades out and the safe light comes up."


HANDLERS: Final[dict[type[Press], Callable[[StepContext, Any], str]]] = {
    Hold: _hold,
    Release: _release,
    Extend: _extend,
    Shorten: _shorten,
    Next: _next,
    Back: _back,
    End: _end,
    Stop: _stop,
    Done: check_ins.answer,
    Snooze: check_ins.answer,
    Pass: check_ins.answer,
    SeatStarted: seat_clocks.press,
    Volume: volume.volume,
    Mute: volume.mute,
    Duck: volume.duck,
    Silence: _silence,
    Music: _music,
    Intensity: volume.lean,
    Chime: _chime,
    Lights: _lights,
    LightsUp: _lights_up,
    LightsResume: _lights_resume,
    Undo: undo.take_back,
}
"""Handler of each request; returns the reply that the therapist reads."""
