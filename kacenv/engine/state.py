"""What the engine remembers: one frozen record, and the small records it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kacenv.fades import Curve, Fade
from kacenv.look import Zone
from kacenv.playlist import Cut
from kacenv.requests import Press
from kacenv.room import Room
from kacenv.scene import Seat
from kacenv.timeline import Cue, PlannedPhase, Timeline
from kacenv.units import Seconds


class Mode(StrEnum):
    """What the room is doing."""

    IDLE = "idle"
    RUNNING = "running"
    RETURNING = "returning"
    """Coming home early, by the compressed return arc."""
    HELD = "held"
    FADING = "fading"
    """The music's last fade."""


class LightHand(StrEnum):
    """Who decides on the light."""

    PLAN = "plan"
    THERAPIST = "therapist"
    """Until the next look."""
    LIGHTS_UP = "lights-up"
    """Until the therapist gives the light back."""


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """A clock that can rest. It shows `elapsed`, and runs from `since` where that is given."""

    elapsed: Seconds = Seconds(0.0)
    since: Seconds | None = None

    def reading(self, now: Seconds) -> Seconds:
        """What it shows at `now`."""
        running = 0.0 if self.since is None else now - self.since
        return Seconds(self.elapsed + running)

    def run(self, now: Seconds) -> "Stopwatch":
        """The same clock, running from `now` on."""
        return self if self.since is not None else Stopwatch(self.elapsed, now)

    def rest(self, now: Seconds) -> "Stopwatch":
        """The same clock, stopped at `now`."""
        return Stopwatch(self.reading(now))

    def when(self, reading: Seconds) -> Seconds | None:
        """The moment at which it shows `reading`; None while it rests."""
        return None if self.since is None else Seconds(self.since + (reading - self.elapsed))


@dataclass(frozen=True, slots=True)
class Playing:
    """A track that has been ordered: cued, or sounding from `started_at` on.

    After a resume it sounds from `skipped` seconds of the cut on, as if it never had ceased.
    """

    play_id: int
    cut: Cut
    started_at: Seconds = Seconds(0.0)
    skipped: Seconds = Seconds(0.0)

    @property
    def ends_at(self) -> Seconds:
        """When its last sample sounds."""
        return Seconds(self.started_at + self.cut.length)


@dataclass(frozen=True, slots=True)
class Due:
    """A check-in that came at `since` and waits for staff.

    A snoozed one comes again when the session's clock reads `again`.
    """

    cue: Cue
    since: Seconds
    again: Seconds | None = None


@dataclass(frozen=True, slots=True)
class SeatClock:
    """A seat's own clock, which began at `since` and never rests; `seen` as in `State`."""

    since: Seconds
    seen: Seconds = Seconds(-1.0)


@dataclass(frozen=True, slots=True)
class State:
    """Everything that decides what the room does next.

    `phase_seen` and `session_seen` are the readings of the two clocks up to which check-ins have
    been seen to; `due` are those that staff have not answered, oldest first.
    `heard` are the files drawn in this phase, oldest first;
    `lean` is by how much more energy than the phase's own they shall have, from `lean_at` on.
    `told` are the files that staff have heard about. `light` holds the fade of each zone whose
    light is known. `resumed_at` is when the room last came back, `short_lives` how many times in
    a row it had not lived long since.
    """

    room: Room
    mode: Mode = Mode.IDLE
    returning: bool = False
    timeline: Timeline | None = None
    phase: int = 0
    durations: tuple[Seconds, ...] = ()
    phase_clock: Stopwatch = Stopwatch()
    session_clock: Stopwatch = Stopwatch()
    phase_seen: Seconds = Seconds(-1.0)
    session_seen: Seconds = Seconds(-1.0)
    due: tuple[Due, ...] = ()
    seats: Mapping[Seat, SeatClock] = field(default_factory=dict)
    waiting_told: bool = False
    heard: tuple[str, ...] = ()
    lean: int = 0
    lean_at: Seconds | None = None
    last_play_id: int = 0
    playing: Playing | None = None
    cued: Playing | None = None
    unplayable: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    retry_at: Seconds | None = None
    level: Fade = Fade(0.0, 0.0, curve=Curve.LINEAR)  # noqa: RUF009 - frozen
    volumes: Mapping[str, Fade] = field(default_factory=dict)
    muted: frozenset[str] = frozenset()
    ducked: bool = False
    hushed: bool = False
    light: Mapping[Zone, Fade] = field(default_factory=dict)
    light_hand: LightHand = LightHand.PLAN
    ends_at: Seconds | None = None
    resumed_at: Seconds | None = None
    short_lives: int = 0
    pressed: Mapping[str, tuple[Press, Seconds]] = field(default_factory=dict)

    @property
    def plan(self) -> Timeline:
        """The timeline of the session that is on; only asked for while one is."""
        if self.timeline is None:
            raise ValueError("no session is on")
        return self.timeline

    @property
    def planned(self) -> PlannedPhase:
        """The phase the session is in, as planned."""
        return self.plan.phases[self.phase]

    @property
    def duration(self) -> Seconds:
        """How long the phase lasts by now, after extensions and compression."""
        return self.durations[self.phase]

    @property
    def is_last_phase(self) -> bool:
        """Whether nothing follows this phase."""
        return self.phase == len(self.plan.phases) - 1
