"""Resuming a session after an outage or a restart."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from kacenv.core.fades import Fade
from kacenv.core.units import Decibels, Level, Seconds, format_seconds, on_grid
from kacenv.engine import lights, music_return, phases, track_changes, track_choice
from kacenv.engine import volume as sound
from kacenv.engine.state import LightHand, State
from kacenv.engine.step_context import StepContext
from kacenv.model import commands
from kacenv.model.commands import (
    Command,
    Crossfade,
    Notice,
    Prompt,
    SessionEnded,
    SetLevel,
    SetVolume,
    ShowLook,
)
from kacenv.model.look import Look, Setting, Zone
from kacenv.model.mode import Mode
from kacenv.model.requests import Resume

HOLD_AFTER = Seconds(600.0)
"""Longest outage after which the session goes on by itself; after a longer one it is held."""
FADE_IN = track_changes.FROM_SILENCE
READY_IN = Seconds(0.4)
"""Time between cueing a track and its start."""
SHORT_LIFE = Seconds(5.0)
"""A process that ends this soon after resuming may have been ended by its track."""
SUSPICIOUS = 2
"""Number of short lives in a row after which the track is skipped."""
_AT_ONCE = Seconds(0.0)
_ON = frozenset({Mode.RUNNING, Mode.RETURNING, Mode.HELD})


def was_long(state: State, since: Seconds, now: Seconds) -> bool:
    """Return True if the outage was too long to go on without being asked."""
    return state.mode in _ON and now - since > HOLD_AFTER


def hold(turn: StepContext) -> None:
    """Hold the session; the music begins anew, ducked."""
    state = turn.state
    turn.change(
        mode=Mode.HELD,
        phase_clock=state.phase_clock.rest(turn.now),
        session_clock=state.session_clock.rest(turn.now),
        playing=None,
        cued=None,
        retry_at=None,
        ducked=True,
    )


def count_lives(turn: StepContext, request: Resume) -> None:
    """Record the resume, and count lives in a row shorter than `SHORT_LIFE`."""
    last = turn.state.resumed_at
    short = last is not None and request.since - last < SHORT_LIFE
    turn.change(resumed_at=turn.now, short_lives=turn.state.short_lives + 1 if short else 0)


class MissedEvents(NamedTuple):
    """Texts of the check-ins and staff notices that came due during the outage, each once."""

    check_ins: tuple[str, ...]
    notices: tuple[str, ...]


def missed(given: Sequence[Command]) -> MissedEvents:
    """Return the texts for staff among commands that weren't carried out."""
    check_ins = dict.fromkeys(order.text for order in given if isinstance(order, Prompt))
    notices = dict.fromkeys(order.text for order in given if isinstance(order, Notice))
    return MissedEvents(tuple(check_ins), tuple(notices))


def carry_on(turn: StepContext, request: Resume, held: bool, passed_over: MissedEvents) -> None:
    """Restore sound and light to their state at this time, and tell staff."""
    _restore_sound(turn, is_heard=bool(request.sounding))
    if turn.state.mode not in _ON:
        turn.order(Crossfade(None, turn.now, music_return.FADE_OUT))
    elif _plays_on(turn.state, request):
        _cue_again(turn, request)
    else:
        _restore_music(turn)
    _restore_light(turn, request.since)
    away = Seconds(turn.now - request.since)
    report = _report(turn.state, away, held, request.certain, passed_over.check_ins)
    for text in (*report, *passed_over.notices):
        turn.order(Notice(text, turn.now))
    if turn.state.timeline is None:
        turn.order(SessionEnded(turn.now))


def _plays_on(state: State, request: Resume) -> bool:
    """Return True if the very track that should play now has gone on without the engine."""
    playing = state.playing.play_id if state.playing else None
    return playing is not None and request.sounding[-1:] == (playing,)


def _cue_again(turn: StepContext, request: Resume) -> None:
    """Order the next track once more, unless it has begun: nobody knows if it was opened."""
    cued = turn.state.cued
    if cued is not None and cued.play_id not in request.sounding:
        upcoming = phases.upcoming_track(turn.state)
        joins = upcoming is not None and upcoming.cut == cued.cut and upcoming.joins
        turn.order(commands.CueTrack(cued.play_id, cued.cut, joins))


def _restore_sound(turn: StepContext, *, is_heard: bool) -> None:
    """Set levels, volumes, mutes and the duck: at once while nothing sounds yet, else by fades."""
    state, now = turn.state, turn.now
    left = Seconds(max(sound.LEVEL_FADE, state.level.end - now) if is_heard else _AT_ONCE)
    fade = sound.HUSH_FADE if is_heard else _AT_ONCE
    turn.order(SetLevel(Decibels(state.level.target), now, left))
    for output in (output.id for output in state.room.outputs):
        volume = state.volumes[output].target if output in state.volumes else 0.0
        turn.order(SetVolume(output, Decibels(volume), now, fade))
        turn.order(commands.SetMute(output, output in state.muted, now, fade))
    depth = sound.DUCK_DEPTH if state.ducked else Decibels(0.0)
    turn.order(commands.SetDuck(depth, now, fade), commands.SetHush(state.hushed, now, fade))


def _restore_music(turn: StepContext) -> None:
    """Resume the track at its position, or take the next if it is nearly over or suspected."""
    playing, at = turn.state.playing, on_grid(turn.now + READY_IN)
    turn.change(cued=None)
    if playing is not None and turn.state.short_lives >= SUSPICIOUS:
        turn.change(playing=None, unplayable=turn.state.unplayable | {playing.cut.path})
        text = f"“{playing.cut.title}” is passed over: the room failed again and again during it."
        turn.order(Notice(text, turn.now))
        playing = None
    skipped = on_grid(max(0.0, at - playing.started_at)) if playing else Seconds(0.0)
    if playing is None or playing.cut.length - skipped < music_return.TOO_SHORT:
        drawn = track_choice.draw(turn.state, turn.state.phase)
        turn.change(playing=None)
        track_changes.play(turn, drawn, FADE_IN)
        return
    music_return.play_on(turn, playing, at, FADE_IN)


def _restore_light(turn: StepContext, since: Seconds) -> None:
    """Fade the lamps from wherever they are to their present aim, no sooner than planned.

    A lamp of unknown state counts as where it was when the outage began.
    """
    state = turn.state
    if state.light_hand is LightHand.LIGHTS_UP:
        lights.lights_up(turn)
        return
    look, led = lights.aimed_at(state), state.light
    left = max((led[zone].end - turn.now for zone in look if zone in led), default=0.0)
    origin = _left_at(led, since)
    turn.change(light=dict.fromkeys(led, lights.UNKNOWN))
    lights.show(turn, look, Seconds(max(lights.BY_HAND, left)))
    # Known again at once: the session may break off again before this fade has ended.
    begun = {
        zone: replace(fade, origin=origin[zone].level) if zone in origin else fade
        for zone, fade in turn.state.light.items()
    }
    turn.change(light=begun)
    turn.commands[:] = [
        replace(order, origin=origin) if isinstance(order, ShowLook) else order
        for order in turn.commands
    ]


def _left_at(led: Mapping[Zone, Fade], since: Seconds) -> Look:
    """Return each zone's level at `since`."""
    levels = {zone: fade.value_at(since) for zone, fade in led.items()}
    return {zone: Setting(Level(at)) for zone, at in levels.items() if not math.isnan(at)}


def _report(
    state: State, away: Seconds, held: bool, certain: bool, check_ins: Sequence[str]
) -> Iterable[str]:
    span = format_seconds(max(1.0, away))
    if held:
        yield (
            f"The room was away for {span}, so {state.planned.name} is on hold and the music low. "
            "Go on with: kacenv release; full music: kacenv duck --off; or end: kacenv stop"
        )
    elif state.timeline is None:
        yield f"The room was away for {span}; the session ended meanwhile."
    else:
        yield f"The room was away for {span}; the session goes on where it would be."
    if not certain:
        yield "The machine's clock could not be trusted; check how far the session is."
    if check_ins:
        yield f"Check-ins while the room was away: {', '.join(check_ins)}."
