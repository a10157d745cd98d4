"""The plan in whole milliseconds: phases, pieces and check-ins as a timeline has them."""

from dataclasses import dataclass

from kacenv.model.look import Look, Zone
from kacenv.model.playlist import Queue
from kacenv.model.room import Role, Room
from kacenv.model.scene import EndKind, Seat
from kacenv.model.timeline import Cue, PlannedPhase, Timeline

Millis = int


def millis(seconds: float) -> Millis:
    """Return a time in whole milliseconds."""
    return round(seconds * 1000)


@dataclass(frozen=True)
class Playlist:
    """Pieces by their lengths, and how they follow each other."""

    name: str
    lengths: tuple[Millis, ...]
    crossfade: Millis
    order: str
    repeat: bool


@dataclass(frozen=True)
class CheckIn:
    """A check-in on one clock: at `at`, and then every `every`."""

    id: str
    at: Millis
    every: Millis | None
    seat: Seat | None = None

    def first_after(self, reading: Millis) -> Millis | None:
        """Return its first time later than `reading`."""
        moment = self.at
        while moment <= reading:
            if self.every is None:
                return None
            moment += self.every
        return moment


@dataclass(frozen=True)
class Phase:
    """A phase of the plan; `earliest` and `latest` are relative to its duration."""

    name: str
    duration: Millis
    playlist: Playlist
    level: float
    look: Look
    light_fade: Millis
    crossfade: Millis
    end: EndKind
    slack: Millis
    check_ins: tuple[CheckIn, ...]


@dataclass(frozen=True)
class Plan:
    """A whole session before it begins."""

    phases: tuple[Phase, ...]
    overflow: Playlist | None
    check_ins: tuple[CheckIn, ...]
    seat_check_ins: tuple[CheckIn, ...]
    home: int
    within: Millis
    follow: str
    waits_in: int | None
    safe_light: Look
    zones: frozenset[Zone]
    outputs: dict[str, bool]
    """Every output, and whether people in the room hear it."""


def plan_of(timeline: Timeline, room: Room) -> Plan:
    """Return the plan of a compiled timeline in a room."""
    return Plan(
        phases=tuple(_phase(one) for one in timeline.phases),
        overflow=_playlist(timeline.overflow) if timeline.overflow else None,
        check_ins=tuple(_check_in(cue) for cue in timeline.cues),
        seat_check_ins=tuple(_check_in(cue) for cue in timeline.seat_cues),
        home=timeline.return_from,
        within=millis(timeline.return_within),
        follow=timeline.follow.value,
        waits_in=timeline.waits_in,
        safe_light=room.safe_light or {},
        zones=frozenset(lamp.zone for lamp in room.lights),
        outputs={one.id: one.role is not Role.STAFF for one in room.outputs},
    )


def _phase(one: PlannedPhase) -> Phase:
    return Phase(
        name=one.name,
        duration=millis(one.duration),
        playlist=_playlist(one.queue),
        level=one.level,
        look=dict(one.look),
        light_fade=millis(one.light_fade),
        crossfade=millis(one.crossfade),
        end=one.end,
        slack=millis(one.slack),
        check_ins=tuple(_check_in(cue) for cue in one.cues),
    )


def _playlist(queue: Queue) -> Playlist:
    return Playlist(
        name=queue.name,
        lengths=tuple(millis(cut.length) for cut in queue.cuts),
        crossfade=millis(queue.crossfade),
        order=_order(queue),
        repeat=queue.repeat,
    )


def _order(queue: Queue) -> str:
    if queue.fit:
        return "fit"
    return "listed" if queue.shuffle_seed is None else "shuffled"


def _check_in(cue: Cue) -> CheckIn:
    every = None if cue.every is None else millis(cue.every)
    return CheckIn(cue.id, millis(cue.at), every, cue.seat)
