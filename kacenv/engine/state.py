"""State of the engine: one frozen record, and the records it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kacenv.core.derived import Derivable
from kacenv.core.fades import Fade, FadeCurve
from kacenv.core.units import Seconds, on_grid
from kacenv.engine.play_counts import PlayCounts
from kacenv.engine.rotation import Rotation
from kacenv.model.commands import Notice
from kacenv.model.look import Zone
from kacenv.model.mode import Mode
from kacenv.model.playlist import Cut
from kacenv.model.requests import Press
from kacenv.model.room import Room
from kacenv.model.scene import Seat
from kacenv.model.timeline import Cue, PlannedPhase, Timeline


class LightHand(StrEnum):
    """Source of the light's target."""

    PLAN = "plan"
    THERAPIST = "therapist"
    """Level set by the therapist, until the next look."""
    LIGHTS_UP = "lights-up"
    """Safe light, until the therapist gives the light back."""


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Pausable clock: shows `elapsed`, plus the time since `since` if it runs."""

    elapsed: Seconds = Seconds(0.0)
    since: Seconds | None = None

    def reading(self, now: Seconds) -> Seconds:
        """Return the reading at `now`."""
        running = 0.0 if self.since is None else now - self.since
        return on_grid(self.elapsed + running)

    def run(self, now: Seconds) -> "Stopwatch":
        """Return this clock, running from `now` on."""
        return self if self.since is not None else Stopwatch(self.elapsed, now)

    def rest(self, now: Seconds) -> "Stopwatch":
        """Return this clock, stopped at `now`."""
        return Stopwatch(self.reading(now))

    def when(self, reading: Seconds) -> Seconds | None:
        """Return the time at which it shows `reading`; None while it is stopped."""
        return None if self.since is None else on_grid(self.since + (reading - self.elapsed))


@dataclass(frozen=True, slots=True)
class Playing:
    """Track that is cued, or sounds since `started_at`.

    After a resume it starts `skipped` seconds into the cut; `started_at` allows for that.
    """

    play_id: int
    cut: Cut
    started_at: Seconds = Seconds(0.0)
    skipped: Seconds = Seconds(0.0)

    @property
    def ends_at(self) -> Seconds:
        """Time of its last sample."""
        return on_grid(self.started_at + self.cut.length)


@dataclass(frozen=True, slots=True)
class Due:
    """Check-in that came at `since` and waits for staff.

    If snoozed, it comes again when the session's clock reads `again`.
    """

    cue: Cue
    since: Seconds
    again: Seconds | None = None


@dataclass(frozen=True, slots=True)
class SeatClock:
    """Clock of a seat, begun at `since`; it never pauses. `seen` is as in `State`."""

    since: Seconds
    seen: Seconds = Seconds(-1.0)


@dataclass(frozen=True, slots=True)
class Kept:
    """The state `before` a press, which can be taken back; None if it can't.

    `number` counts the presses of the session, `told` is what staff were told since.
    """

    number: int
    press: Press
    at: Seconds
    before: "State | None"
    told: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer to a request with an id, at `at`: what was asked, and the words it got.

    `changed` tells whether the room was other afterwards.
    """

    asked: str
    at: Seconds
    reply: str
    changed: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class State(Derivable):
    """Everything that decides what the engine does next.

    `soonest_end` is the reading of the phase's clock before which a shortened phase doesn't end.
    `phase_seen` and `session_seen` are the readings of the two clocks up to which check-ins have
    been handled; `due` are those that staff haven't answered, oldest first.
    `heard` counts the cuts drawn in this phase, and `rotations` are where its queues stand;
    `lean` is the energy wanted above the phase's own, from `lean_at` on.
    `told` are the subjects that staff have been told of. `light` holds the fade of each zone whose
    light is known. `resumed_at` is the time of the last resume, `short_lives` the number of lives
    in a row that ended soon after one. `pressed` is the last press of each kind, and `left_so` how
    it left what it concerns. `kept` are the presses that can be taken back, `presses` counts them.
    `answered` are the answers to requests with an id, by their ids, oldest first.
    """

    room: Room
    mode: Mode = Mode.IDLE
    returning: bool = False
    timeline: Timeline | None = None
    phase: int = 0
    durations: tuple[Seconds, ...] = ()
    phase_clock: Stopwatch = Stopwatch()
    session_clock: Stopwatch = Stopwatch()
    soonest_end: Seconds = Seconds(0.0)
    phase_seen: Seconds = Seconds(-1.0)
    session_seen: Seconds = Seconds(-1.0)
    due: tuple[Due, ...] = ()
    seats: Mapping[Seat, SeatClock] = field(default_factory=dict)
    waiting_told: bool = False
    heard: PlayCounts = PlayCounts()  # noqa: RUF009 - frozen
    rotations: Mapping[str, Rotation] = field(default_factory=dict)
    lean: int = 0
    lean_at: Seconds | None = None
    last_play_id: int = 0
    playing: Playing | None = None
    cued: Playing | None = None
    unplayable: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    retry_at: Seconds | None = None
    level: Fade = Fade(0.0, 0.0, curve=FadeCurve.LINEAR)  # noqa: RUF009 - frozen
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
    left_so: Mapping[str, Any] = field(default_factory=dict)
    presses: int = 0
    kept: tuple[Kept, ...] = ()
    answered: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def plan(self) -> Timeline:
        """Timeline of the session; raises ValueError without one."""
        if self.timeline is None:
            raise ValueError("no session is on")
        return self.timeline

    @property
    def planned(self) -> PlannedPhase:
        """Current phase, as planned."""
        return self.plan.phases[self.phase]

    @property
    def duration(self) -> Seconds:
        """Current length of the phase, with extensions and compression."""
        return self.durations[self.phase]

    @property
    def is_last_phase(self) -> bool:
        """True in the last phase."""
        return self.phase == len(self.plan.phases) - 1
