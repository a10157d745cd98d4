"""Timeline: scene, room and music compiled into what the engine follows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kacenv.core.derived import Derivable, derived
from kacenv.core.units import Decibels, Seconds, on_grid
from kacenv.model.chime import Phrase
from kacenv.model.look import Look
from kacenv.model.playlist import Queue
from kacenv.model.room import Room
from kacenv.model.scene import Audience, CheckIn, EndKind, Follow, Phase, Scene, Seat, Seats


@dataclass(frozen=True, slots=True)
class Cue:
    """Check-in on a phase's, the session's or a seat's clock: at `at`, then every `every`."""

    id: str
    at: Seconds
    prompt: str
    audience: Audience
    chime: Phrase | None
    every: Seconds | None = None
    seat: Seat | None = None

    def next_after(self, reading: Seconds) -> Seconds | None:
        """Return the cue's first time later than `reading`."""
        if self.at > reading:
            return self.at
        if self.every is None:
            return None
        count = (reading - self.at) // self.every
        moments = (on_grid(self.at + self.every * (count + more)) for more in (1, 2))
        return next(moment for moment in moments if moment > reading)


@dataclass(frozen=True, slots=True)
class PlannedPhase(Derivable):
    """Phase with all its names resolved. `slack` is the window or the time-out."""

    name: str
    duration: Seconds
    queue: Queue
    level: Decibels
    look: Look
    light_fade: Seconds
    crossfade: Seconds
    end: EndKind
    slack: Seconds
    cues: tuple[Cue, ...]
    cool_light: bool = False


@dataclass(frozen=True, slots=True)
class Timeline(Derivable):
    """Everything that is decided before a session begins.

    `cues` are on the session's clock, `seat_cues` on the seats'. The start of the seat that phases
    `follow` ends the phase `waits_in`.
    """

    title: str
    phases: tuple[PlannedPhase, ...]
    overflow: Queue | None
    cues: tuple[Cue, ...]
    return_from: int
    return_within: Seconds
    seat_cues: tuple[Cue, ...] = ()
    follow: Follow = Follow.NEITHER
    waits_in: int | None = None

    @property
    def duration(self) -> Seconds:
        """Planned length of the session."""
        return Seconds(sum(phase.duration for phase in self.phases))

    @derived
    def cues_of(self, seat: Seat) -> tuple[Cue, ...]:
        """Return the check-ins on a seat's clock."""
        return tuple(cue for cue in self.seat_cues if cue.seat is seat)


def compile_timeline(scene: Scene, room: Room, queues: Mapping[str, Queue]) -> Timeline:
    """Compile the timeline of `scene` in `room`; `queues` has every playlist of the scene."""
    cues = _cues_by_phase(scene, room.phrases)
    return Timeline(
        title=scene.title,
        phases=tuple(
            _planned(phase, room, queues, tuple(cues.get(phase.name, ()))) for phase in scene.phases
        ),
        overflow=queues[scene.overflow] if scene.overflow else None,
        cues=tuple(cues.get(None, ())),
        return_from=_return_from(scene),
        return_within=scene.ending.within,
        seat_cues=tuple(_seat_cues(scene, room.phrases)),
        follow=scene.phases_follow,
        waits_in=_waits_in(scene),
    )


def _planned(
    phase: Phase, room: Room, queues: Mapping[str, Queue], cues: tuple[Cue, ...]
) -> PlannedPhase:
    slack = phase.window or phase.timeout or Seconds(0.0)
    if phase.end is EndKind.TRACK:
        slack = min(slack, Seconds(phase.duration / 2))
    return PlannedPhase(
        name=phase.name,
        duration=phase.duration,
        queue=queues[phase.playlist],
        level=phase.level,
        look=room.looks[phase.light] if phase.light else {},
        light_fade=phase.light_fade,
        crossfade=min(phase.crossfade, Seconds(phase.duration / 2)),
        end=phase.end,
        slack=slack,
        cues=cues,
        cool_light=phase.cool_light,
    )


def _cues_by_phase(scene: Scene, phrases: Mapping[str, Phrase]) -> Mapping[str | None, list[Cue]]:
    """Return the check-ins of each phase by its name, and those of the whole session by None."""
    cues: dict[str | None, list[Cue]] = {}
    for number, check_in in enumerate(scene.check_ins, start=1):
        if check_in.seat is None:
            cue = _cue(f"check-in-{number}", check_in, phrases)
            for name in dict.fromkeys(check_in.phases) or (None,):
                cues.setdefault(name, []).append(cue)
    return cues


def _seat_cues(scene: Scene, phrases: Mapping[str, Phrase]) -> Iterator[Cue]:
    """Yield the check-ins on the seats' clocks; one for both becomes one for each."""
    for number, check_in in enumerate(scene.check_ins, start=1):
        for seat in Seat:
            if check_in.seat in {seat.value, Seats.BOTH}:
                cue = _cue(f"check-in-{number}-{seat}", check_in, phrases)
                yield replace(cue, prompt=f"Seat {seat.upper()}: {cue.prompt}", seat=seat)


def _waits_in(scene: Scene) -> int | None:
    """Return the first phase that waits for the therapist, unless it is the last."""
    ends = [phase.end for phase in scene.phases[:-1]]
    return ends.index(EndKind.GO) if EndKind.GO in ends else None


def _cue(name: str, check_in: CheckIn, phrases: Mapping[str, Phrase]) -> Cue:
    first = check_in.at if check_in.at is not None else check_in.every
    assert first is not None  # noqa: S101 - the model holds exactly one of the two
    chime = phrases[check_in.chime] if check_in.chime is not None else None
    return Cue(name, first, check_in.prompt, check_in.audience, chime, every=check_in.every)


def _return_from(scene: Scene) -> int:
    names = [phase.name for phase in scene.phases]
    return names.index(scene.ending.begin) if scene.ending.begin in names else len(names) - 1
