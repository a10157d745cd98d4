"""Handlers of requests; each returns the reply that the therapist reads."""

from typing import Literal

from kacenv.core.errors import RefusedError
from kacenv.core.units import Seconds, format_seconds
from kacenv.engine import check_ins, lights, phases, seat_clocks, transitions, volume
from kacenv.engine.state import LightHand, Mode, State, Stopwatch
from kacenv.engine.step_context import StepContext
from kacenv.engine.transitions import Outcome
from kacenv.model.commands import StrikeChime
from kacenv.model.look import Setting
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
    Volume,
)
from kacenv.model.scene import Audience

_Answered = Done | Snooze | Pass
PRESS_GUARD = Seconds(2.0)
"""The same press within this time counts once."""
SOONEST_END = Seconds(60.0)
"""Least time that a shortened phase goes on, unless less was left."""


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
        durations=tuple(planned.duration for planned in plan.phases),
        session_clock=Stopwatch(since=turn.now),
        light_hand=_light_hand_at_start(turn.state),
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
    if _is_double(turn.state, request, turn.now):
        return "Done already. Press again in a moment to do it once more."
    reply = _do(turn, request)
    turn.change(pressed={**turn.state.pressed, request.kind: (request, turn.now)})
    return reply


def _do(turn: StepContext, request: Press) -> str:  # noqa: PLR0911, PLR0912, C901 - a line for each
    match request:
        case Hold():
            return _hold(turn)
        case Release():
            return _release(turn)
        case Extend():
            return _extend(turn, request)
        case Shorten():
            return _shorten(turn, request)
        case Next():
            return _next(turn)
        case Back():
            return _back(turn)
        case Volume():
            return volume.volume(turn, request)
        case Mute() | Duck() | Silence() | Music() | Intensity():
            return _sound(turn, request)
        case Lights():
            return _lights(turn, request)
        case LightsUp():
            return _lights_up(turn)
        case LightsResume():
            return _lights_resume(turn)
        case Chime():
            return _chime(turn, request)
        case Done() | Snooze() | Pass():
            return check_ins.answer(turn, request)
        case SeatStarted():
            return seat_clocks.press(turn, request)
        case End():
            return _end(turn)
        case Stop():
            return _stop(turn)


def _is_double(state: State, request: Press, now: Seconds) -> bool:
    if not isinstance(request, Extend | Shorten | Next | Back | Chime | Intensity | _Answered):
        return False
    last, at = state.pressed.get(request.kind, (None, now))
    return last == request and now - at < PRESS_GUARD


def _hold(turn: StepContext) -> str:
    state = turn.state
    turn.change(
        mode=Mode.HELD,
        phase_clock=state.phase_clock.rest(turn.now),
        session_clock=state.session_clock.rest(turn.now),
    )
    return f"Holding in {state.planned.name}. The music goes on until you release."


def _release(turn: StepContext) -> str:
    phases.resume(turn)
    return f"Time runs on in {turn.state.planned.name}."


def _extend(turn: StepContext, request: Extend) -> str:
    state = turn.state
    durations = list(state.durations)
    durations[state.phase] = Seconds(
        max(state.duration, state.phase_clock.reading(turn.now)) + request.by
    )
    turn.change(durations=tuple(durations), waiting_told=False)
    name, length = state.planned.name, format_seconds(durations[state.phase])
    return f"{name.capitalize()} is now {length} long; what follows moves with it."


def _shorten(turn: StepContext, request: Shorten) -> str:
    """Shorten the phase, but leave it `SOONEST_END` from now."""
    state = turn.state
    soonest = state.phase_clock.reading(turn.now) + SOONEST_END
    durations = list(state.durations)
    durations[state.phase] = Seconds(max(state.duration - request.by, min(soonest, state.duration)))
    turn.change(durations=tuple(durations))
    name, length = state.planned.name, format_seconds(durations[state.phase])
    return f"{name.capitalize()} is now {length} long; what follows moves with it."


def _next(turn: StepContext) -> str:
    phases.resume(turn)
    phases.leave(turn)
    if turn.state.mode is Mode.FADING:
        return "That was the last phase; the music fades out."
    return f"Going on to {turn.state.planned.name}."


def _back(turn: StepContext) -> str:
    phases.go_back(turn)
    return f"Going back to {turn.state.planned.name}."


def _sound(turn: StepContext, request: Mute | Duck | Silence | Music | Intensity) -> str:
    match request:
        case Mute():
            return volume.mute(turn, request)
        case Duck(ducked=ducked):
            return volume.duck(turn, ducked)
        case Silence():
            return volume.hush(turn, hushed=True)
        case Music():
            return volume.hush(turn, hushed=False)
        case Intensity(lean=lean):
            return volume.lean(turn, 1 if lean == "up" else -1)


def _lights(turn: StepContext, request: Lights) -> str:
    if request.step is not None:
        return _step_lights(turn, request.step)
    if request.level is None:
        return _lights_to_plan(turn)
    zones = sorted({fixture.zone for fixture in turn.state.room.lights})
    turn.change(light_hand=LightHand.THERAPIST)
    lights.show(turn, {zone: Setting(request.level) for zone in zones}, lights.BY_HAND)
    return f"Lights go to {request.level:.0%}, until the next phase's look."


def _step_lights(turn: StepContext, step: Literal["dimmer", "brighter"]) -> str:
    lights.show(turn, lights.stepped(turn.state, turn.now, up=step == "brighter"), lights.BY_HAND)
    turn.change(light_hand=LightHand.THERAPIST)
    return f"Lights go {step}, until the next phase's look."


def _lights_to_plan(turn: StepContext) -> str:
    if turn.state.timeline is None:
        turn.change(light_hand=LightHand.PLAN)
        return "The lights follow the plan from the next session on."
    lights.back_to_plan(turn)
    return "The lights follow the plan again."


def _lights_up(turn: StepContext) -> str:
    lights.lights_up(turn)
    return "Lights are coming up and stay up. Give them back with: kacenv lights plan"


def _lights_resume(turn: StepContext) -> str:
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


def _end(turn: StepContext) -> str:
    if not phases.come_home(turn):
        return "Already on the way home."
    state = turn.state
    left = sum(state.durations[state.phase :]) - state.phase_clock.reading(turn.now)
    return f"Coming home through {state.planned.name}; {format_seconds(left)} to the end."


def _stop(turn: StepContext) -> str:
    phases.stop(turn)
    return "Stopping: the music fades out and the safe light comes up."
