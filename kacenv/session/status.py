"""Status of a room: what the engine's state and the devices say of a moment."""

from collections.abc import Iterator

from kacenv.core.units import Seconds
from kacenv.engine import phases, undo
from kacenv.engine.state import Due, State
from kacenv.engine.transitions import TRANSITIONS, Outcome
from kacenv.model.look import Setting
from kacenv.model.mode import Mode
from kacenv.model.request_text import request_words
from kacenv.model.room import Fixture, Room
from kacenv.model.scene import Seat
from kacenv.model.status import (
    CheckInStatus,
    DueStatus,
    LampStatus,
    PhaseStatus,
    SeatStatus,
    Status,
    TrackStatus,
    UndoStatus,
)
from kacenv.model.timeline import Cue
from kacenv.session.ports import ChimePort, LightPort, SoundPort


def describe(state: State, now: Seconds) -> Status:
    """Return the session's status at `now`."""
    on = state.timeline is not None
    in_phase = state.phase_clock.reading(now) if on else Seconds(0.0)
    phase_left = max(0.0, state.duration - in_phase) if on else 0.0
    if state.mode is Mode.FADING and state.ends_at is not None:
        phase_left = max(0.0, state.ends_at - now)
    later = sum(state.durations[state.phase + 1 :]) if state.mode is not Mode.FADING else 0.0
    return Status(
        mode=state.mode,
        title=state.timeline.title if state.timeline else None,
        phases=_arc(state),
        phase=state.phase if on else None,
        in_phase=in_phase,
        phase_left=phase_left,
        elapsed=state.session_clock.reading(now),
        left=phase_left + later,
        playing=_track(state, now),
        next_check_in=_next_check_in(state, now) if on else None,
        volumes=_volumes(state),
        muted=tuple(sorted(state.muted)),
        hushed=state.hushed,
        ducked=state.ducked,
        lean=state.lean,
        light_hand=state.light_hand,
        up_next=_up_next(state),
        due=tuple(_due(state, due) for due in state.due if due.again is None),
        snoozed=tuple(_due(state, due) for due in state.due if due.again is not None),
        seats={seat: _seat(state, seat) for seat in sorted(state.seats)},
        can=tuple(kind for kind, answer in TRANSITIONS[state.mode].items() if answer is Outcome.DO),
        undo=_undo(state, now),
    )


def _undo(state: State, now: Seconds) -> UndoStatus | None:
    kept = undo.still_kept(state, now)
    if not kept or kept[-1].before is None:
        return None
    last = kept[-1]
    return UndoStatus(last.number, request_words(last.press), last.at + undo.WITHIN)


def _volumes(state: State) -> dict[str, float]:
    known = {name: round(fade.target, 1) for name, fade in state.volumes.items()}
    return {output.id: known.get(output.id, 0.0) for output in state.room.outputs}


def _up_next(state: State) -> str | None:
    """Return the title of the track that is cued, or would be now."""
    if state.timeline is None or state.mode is Mode.FADING:
        return None
    upcoming = phases.upcoming_track(state)
    return upcoming.cut.title if upcoming else None


def _arc(state: State) -> tuple[PhaseStatus, ...]:
    if state.timeline is None:
        return ()
    pairs = zip(state.timeline.phases, state.durations, strict=True)
    return tuple(PhaseStatus(plan.name, duration, plan.level) for plan, duration in pairs)


def _track(state: State, now: Seconds) -> TrackStatus | None:
    if state.playing is None:
        return None
    cut = state.playing.cut
    position = min(max(0.0, now - state.playing.started_at), cut.length)
    return TrackStatus(cut.title, cut.artist, position, cut.length)


def _next_check_in(state: State, now: Seconds) -> CheckInStatus | None:
    """Return the next check-in of this phase or the session; None once its clock has ended."""
    if state.mode is Mode.FADING:
        return None
    ends = phases.ends_at(state)
    in_phase = _waits(state.planned.cues, state.phase_seen, state.phase_clock.reading(now))
    waits = _waits(state.plan.cues, state.session_seen, state.session_clock.reading(now))
    waits += [(wait, cue) for wait, cue in in_phase if ends is None or now + wait <= ends]
    if state.mode is not Mode.HELD:
        waits += [pair for seat in state.seats for pair in _seat_waits(state, seat, now)]
    if not waits:
        return None
    wait, cue = min(waits, key=lambda pair: pair[0])
    due_in = None if state.mode is Mode.HELD else max(0.0, wait)
    return CheckInStatus(cue.prompt, due_in, cue.seat)


def _seat_waits(state: State, seat: Seat, now: Seconds) -> list[tuple[float, Cue]]:
    clock = state.seats[seat]
    return _waits(state.plan.cues_of(seat), clock.seen, Seconds(now - clock.since))


def _due(state: State, due: Due) -> DueStatus:
    again = None if due.again is None else state.session_clock.when(due.again)
    return DueStatus(due.cue.id, due.cue.prompt, due.since, again, due.cue.seat)


def _seat(state: State, seat: Seat) -> SeatStatus:
    clock = state.seats[seat]
    upcoming = [
        (at, cue.prompt)
        for cue in state.plan.cues_of(seat)
        if (at := cue.next_after(clock.seen)) is not None
    ]
    if not upcoming:
        return SeatStatus(clock.since)
    at, prompt = min(upcoming)
    return SeatStatus(clock.since, prompt, clock.since + at)


def _waits(cues: tuple[Cue, ...], seen: Seconds, reading: Seconds) -> list[tuple[float, Cue]]:
    upcoming = ((cue.next_after(seen), cue) for cue in cues)
    return [(at - reading, cue) for at, cue in upcoming if at is not None]


def lamp_status(fixture: Fixture, setting: Setting, available: bool | None) -> LampStatus:
    """Return a lamp's status."""
    color = None if setting.color is None else str(setting.color)
    return LampStatus(fixture.zone, setting.level, setting.kelvin, available, color)


def health(
    room: Room, sound: SoundPort | None, light: LightPort | None, chimes: ChimePort | None
) -> Iterator[tuple[str, str | None]]:
    """Yield each device of the room with its fault, or None."""
    yield "sound", sound.device_note if sound else "There is no sound device."
    if room.lights:
        yield "lights", _lights_note(light)
    if room.midi.chimes:
        away = f"The MIDI port {room.midi.chimes} is away; the built-in bell rings instead."
        yield "midi", None if chimes and chimes.port else away


def _lights_note(light: LightPort | None) -> str | None:
    if light is None or not light.connected:
        known = light.trouble if light is not None else None
        return known or "The broker can't be reached; the lamps stay as they are."
    away = sorted(name for name, lamp in light.states().items() if lamp.available is False)
    return f"Not answering: {', '.join(away)}." if away else None
