"""What the room is doing, for people and programs: a picture of the engine's state at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from kacenv.engine import Mode, State, phase
from kacenv.timeline import Cue
from kacenv.units import Seconds


@dataclass(frozen=True, slots=True)
class PhaseStatus:
    """One phase of the arc; `duration` is in seconds, after extensions and compression."""

    name: str
    duration: float


@dataclass(frozen=True, slots=True)
class TrackStatus:
    """What is playing; `position` and `length` are in seconds."""

    title: str
    artist: str
    position: float
    length: float


@dataclass(frozen=True, slots=True)
class CheckInStatus:
    """The check-in that comes next; `due_in` is in seconds, None while time is held."""

    prompt: str
    due_in: float | None


@dataclass(frozen=True, slots=True)
class Status:
    """A moment of the room. Times are in seconds; `volumes` in dB from the plan.

    `lean` is by how many steps of energy the music leans up or down.
    """

    mode: str
    title: str | None
    phases: tuple[PhaseStatus, ...]
    phase: int | None
    in_phase: float
    phase_left: float
    elapsed: float
    left: float
    playing: TrackStatus | None
    next_check_in: CheckInStatus | None
    volumes: dict[str, float]
    muted: tuple[str, ...]
    hushed: bool
    ducked: bool
    lean: int
    light_hand: str


@dataclass(frozen=True, slots=True)
class Told:
    """Something staff were told, `ago` seconds before now; a due check-in or a notice."""

    text: str
    ago: float
    check_in: bool


@dataclass(frozen=True, slots=True)
class LampStatus:
    """A lamp: `level` 0 to 1 as the eye sees it, `kelvin` where known."""

    zone: str
    level: float
    kelvin: float | None
    available: bool | None


@dataclass(frozen=True, slots=True)
class RoomStatus:
    """The whole room at a moment. Meters are RMS and peak in dBFS by output."""

    room: str
    session: Status
    sound: str
    meters: Mapping[str, tuple[float, float]]
    broker: bool | None
    lamps: Mapping[str, LampStatus]
    told: tuple[Told, ...]


def describe(state: State, now: Seconds) -> Status:
    """The room at `now`."""
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
        volumes={
            output.id: round(state.volumes[output.id].value_at(now), 1)
            if output.id in state.volumes
            else 0.0
            for output in state.room.outputs
        },
        muted=tuple(sorted(state.muted)),
        hushed=state.hushed,
        ducked=state.ducked,
        lean=state.lean,
        light_hand=state.light_hand,
    )


def _arc(state: State) -> tuple[PhaseStatus, ...]:
    if state.timeline is None:
        return ()
    pairs = zip(state.timeline.phases, state.durations, strict=True)
    return tuple(PhaseStatus(planned.name, duration) for planned, duration in pairs)


def _track(state: State, now: Seconds) -> TrackStatus | None:
    if state.playing is None:
        return None
    cut = state.playing.cut
    position = min(max(0.0, now - state.playing.started_at), cut.length)
    return TrackStatus(cut.title, cut.artist, position, cut.length)


def _next_check_in(state: State, now: Seconds) -> CheckInStatus | None:
    """The nearest check-in of this phase or the session; one past its clock's end is left out."""
    if state.mode is Mode.FADING:
        return None
    ends = phase.ends_at(state)
    in_phase = _waits(state.planned.cues, state.phase_seen, state.phase_clock.reading(now))
    waits = _waits(state.plan.cues, state.session_seen, state.session_clock.reading(now))
    waits += [(wait, cue) for wait, cue in in_phase if ends is None or now + wait <= ends]
    if not waits:
        return None
    wait, cue = min(waits, key=lambda pair: pair[0])
    return CheckInStatus(cue.prompt, None if state.mode is Mode.HELD else max(0.0, wait))


def _waits(cues: tuple[Cue, ...], seen: Seconds, reading: Seconds) -> list[tuple[float, Cue]]:
    upcoming = ((cue.next_after(seen), cue) for cue in cues)
    return [(at - reading, cue) for at, cue in upcoming if at is not None]
