"""Therapist's controls of the sound: volume, mute, duck, silence and intensity."""

from collections.abc import Sequence

from kacenv.core.errors import RefusedError
from kacenv.core.fades import Fade, FadeCurve
from kacenv.core.units import Decibels, Seconds, on_grid
from kacenv.engine import track_changes, track_choice
from kacenv.engine.state import State
from kacenv.engine.step_context import StepContext
from kacenv.model import commands
from kacenv.model.playlist import SHORTEST_FADE
from kacenv.model.request_bounds import LOUDEST
from kacenv.model.requests import Duck, Intensity, Mute, Volume
from kacenv.model.room import Role

VOLUME_FADE = Seconds(1.5)
MUTE_FADE = Seconds(2.0)
DUCK_DEPTH = Decibels(-12.0)
DUCK_DOWN, DUCK_UP = Seconds(1.0), Seconds(10.0)
HUSH_FADE = Seconds(8.0)
LEVEL_FADE = Seconds(4.0)
"""Fade of the music's level back to where it was."""
FARTHEST_LEAN = 2
SOON = Seconds(2.0)
"""Least time from a change of intensity to the crossfade."""


def volume(turn: StepContext, request: Volume) -> str:
    """Set one output, or all, relative to the plan's level."""
    outputs = _outputs(turn, request.output)
    if request.level > LOUDEST:
        raise RefusedError(f"{LOUDEST:+g} dB above the plan is the most that can be asked for.")
    if all(_target(turn.state, output) == request.level for output in outputs):
        return f"{request.output or 'All outputs'}: {request.level:+g} dB from the plan already."
    for output in outputs:
        _set_volume(turn, output, request.level)
    return f"{request.output or 'All outputs'}: {request.level:+g} dB from the plan."


def _outputs(turn: StepContext, named: str | None) -> Sequence[str]:
    """Return the named output's id, or all ids."""
    outputs = [output.id for output in turn.state.room.outputs]
    if named is None:
        return outputs
    if named not in outputs:
        raise RefusedError(f"There is no output {named}; there is {', '.join(outputs)}.")
    return [named]


def _set_volume(turn: StepContext, output: str, level: Decibels) -> None:
    volumes = turn.state.volumes
    before = volumes.get(output, Fade(0.0, 0.0, curve=FadeCurve.LINEAR))
    fade = before.toward(level, turn.now, VOLUME_FADE, track_changes.STEEPEST_LEVEL)
    turn.change(volumes={**volumes, output: fade})
    turn.order(commands.SetVolume(output, level, turn.now, fade.duration))


def mute(turn: StepContext, request: Mute) -> str:
    """Mute or unmute one output, or those for people in the room."""
    outputs = frozenset(_outputs(turn, request.output) if request.output else _for_people(turn))
    muted = turn.state.muted
    changed = outputs - muted if request.muted else outputs & muted
    name = request.output or "Speakers and seats"
    if not changed:
        return f"{name}: {'muted' if request.muted else 'sounding'} already."
    turn.change(muted=muted | outputs if request.muted else muted - outputs)
    for output in sorted(changed):
        turn.order(commands.SetMute(output, request.muted, turn.now, MUTE_FADE))
    return f"{name}: {'muted' if request.muted else 'sounding'}."


def _for_people(turn: StepContext) -> Sequence[str]:
    """Return the outputs of the room and the seats; the staff's is muted only by name."""
    outputs = turn.state.room.outputs
    return [output.id for output in outputs if output.role is not Role.STAFF]


def reset(turn: StepContext) -> None:
    """Undo mutes, ducking, silence and volumes for the next session."""
    state = turn.state
    if state.hushed:
        turn.order(commands.SetHush(False, turn.now, SHORTEST_FADE))
    if state.ducked:
        turn.order(commands.SetDuck(Decibels(0.0), turn.now, SHORTEST_FADE))
    for output in sorted(state.muted):
        turn.order(commands.SetMute(output, False, turn.now, MUTE_FADE))
    for output, fade in state.volumes.items():
        if fade.target:
            _set_volume(turn, output, Decibels(0.0))


def lead_back(turn: StepContext, now_so: State, then: State) -> None:
    """Lead levels, mutes, ducking and silence from where they are to those of `then`."""
    if then.level.target != now_so.level.target:
        left = Seconds(max(LEVEL_FADE, then.level.end - turn.now))
        track_changes.set_level(turn, Decibels(then.level.target), left)
    for output in (output.id for output in turn.state.room.outputs):
        wanted = _target(then, output)
        if wanted != _target(now_so, output):
            _set_volume(turn, output, wanted)
    for output in sorted(then.muted ^ now_so.muted):
        turn.order(commands.SetMute(output, output in then.muted, turn.now, MUTE_FADE))
    if then.ducked is not now_so.ducked:
        _order_duck(turn, ducked=then.ducked)
    if then.hushed is not now_so.hushed:
        turn.order(commands.SetHush(then.hushed, turn.now, HUSH_FADE))


def _target(state: State, output: str) -> Decibels:
    fade = state.volumes.get(output)
    return Decibels(fade.target if fade else 0.0)


def _order_duck(turn: StepContext, *, ducked: bool) -> None:
    depth, duration = (DUCK_DEPTH, DUCK_DOWN) if ducked else (Decibels(0.0), DUCK_UP)
    turn.order(commands.SetDuck(depth, turn.now, duration))


def duck(turn: StepContext, request: Duck) -> str:
    """Duck the music for the therapist's voice, or bring it back."""
    ducked = request.ducked
    if ducked is turn.state.ducked:
        return "The music is low already." if ducked else "The music is at its level already."
    turn.change(ducked=ducked)
    _order_duck(turn, ducked=ducked)
    if ducked:
        return "The music is low, so that you can speak. Let it come back with: kacenv duck --off"
    return "The music comes back."


def hush(turn: StepContext, *, hushed: bool) -> str:
    """Fade the music to silence, or bring it back."""
    if hushed is turn.state.hushed:
        return "It is silent already." if hushed else "The music is playing already."
    turn.change(hushed=hushed)
    turn.order(commands.SetHush(hushed, turn.now, HUSH_FADE))
    if hushed:
        return "The music fades to silence. Bring it back with: kacenv music"
    return "The music comes back."


def lean(turn: StepContext, request: Intensity) -> str:
    """Prefer tracks of more or less energy from the next crossfade on, in this session."""
    by = 1 if request.lean == "up" else -1
    after = max(-FARTHEST_LEAN, min(FARTHEST_LEAN, turn.state.lean + by))
    if after == turn.state.lean:
        return f"The music leans {'up' if by > 0 else 'down'} as far as it goes already."
    if not track_choice.any_energy(turn.state):
        return "No piece of this phase says how much energy it has; the music goes on as planned."
    turn.change(lean=after, lean_at=on_grid(turn.now + SOON))
    name = {-2: "much calmer", -1: "calmer", 0: "the plan", 1: "livelier", 2: "much livelier"}
    return f"The music leans to {name[after]} from the next good moment on."
