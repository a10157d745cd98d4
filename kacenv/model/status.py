"""Status of a room: the one model that every surface shows.

From its fields are made: the API's description, the table in docs/api.md, what the stream of events
leaves to the clocks, and how the command line and the tablet's page move those.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from kacenv.model.status_field import Clock, Time, Unit


class _Described:
    """Base of records whose fields are described by their docstrings, for pydantic."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, Any]] = {"use_attribute_docstrings": True}


@dataclass(frozen=True, slots=True)
class PhaseStatus(_Described):
    """Phase of the arc."""

    name: str
    """Its name in the scene."""
    duration: Time
    """Its length, after extensions and compression."""
    level: Annotated[float, Unit("dB")] = 0.0
    """The music's level, as the scene has it."""


@dataclass(frozen=True, slots=True)
class TrackStatus(_Described):
    """The piece that is playing."""

    title: str
    """Its title."""
    artist: str
    """Who made it."""
    position: Annotated[Time, Clock(rests=False, until="length")]
    """How much of it has been heard."""
    length: Time
    """Its length."""


@dataclass(frozen=True, slots=True)
class CheckInStatus(_Described):
    """The check-in that comes next."""

    prompt: str
    """What staff will read."""
    due_in: Annotated[float | None, Unit("s"), Clock(forward=False)]
    """How long until it comes; null while time is held."""
    seat: str | None = None
    """The seat on whose clock it comes, `a` or `b`; null where it comes on none."""


@dataclass(frozen=True, slots=True)
class DueStatus(_Described):
    """A check-in that waits for staff; its times are moments on the room's clock, `at`."""

    id: str
    """By which it is answered."""
    prompt: str
    """What staff read."""
    since: Time
    """When it came, on the clock `at`."""
    again: Annotated[float | None, Unit("s")] = None
    """When one that was put off comes again, on the clock `at`; null while time is held."""
    seat: str | None = None
    """The seat on whose clock it came, `a` or `b`; null where it came on none."""


@dataclass(frozen=True, slots=True)
class SeatStatus(_Described):
    """A seat's own clock, which never rests; its times are moments on the room's clock, `at`."""

    since: Time
    """When it began, on the clock `at`."""
    next_prompt: str | None = None
    """The check-in that comes next on it; null if none does."""
    next_at: Annotated[float | None, Unit("s")] = None
    """When that comes, on the clock `at`."""


@dataclass(frozen=True, slots=True)
class UndoStatus(_Described):
    """The press that `undo` takes back."""

    number: int
    """By which it is named, so that only this one is taken back."""
    press: str
    """As it is typed."""
    until: Time
    """Until when it can be taken back, on the clock `at`."""


@dataclass(frozen=True, slots=True)
class Status(_Described):
    """The session at a moment."""

    mode: str
    """`idle`, `running`, `returning` (by the way home), `held`, or `fading` (the music's end)."""
    title: str | None
    """The scene's title; null while no session is on."""
    phases: tuple[PhaseStatus, ...]
    """The arc, phase by phase."""
    phase: int | None
    """Which of `phases` it is in, from 0; null while no session is on."""
    in_phase: Annotated[Time, Clock()]
    """How long it has been in this phase."""
    phase_left: Annotated[Time, Clock(forward=False)]
    """How long until the phase's planned end, or until the music has faded out."""
    elapsed: Annotated[Time, Clock()]
    """How long the session has been on."""
    left: Annotated[Time, Clock(like="phase_left")]
    """How long until its planned end."""
    playing: TrackStatus | None
    """The piece that is playing; null if none is."""
    next_check_in: CheckInStatus | None
    """The check-in that comes next; null if none does."""
    volumes: Annotated[dict[str, float], Unit("dB")]
    """What was asked for by output, from the plan; the sound is there within 1.5 s."""
    muted: tuple[str, ...]
    """The outputs that are muted."""
    hushed: bool
    """Whether the music is silent by the therapist's word."""
    ducked: bool
    """Whether it is low for speech."""
    lean: int
    """By how many steps of energy the music leans up, or down."""
    light_hand: str
    """Who decides the light: `plan`, `therapist` or `lights-up`."""
    up_next: str | None = None
    """The title of the piece that follows, as things stand; null if none does."""
    due: tuple[DueStatus, ...] = ()
    """The check-ins that wait for staff, the oldest first."""
    snoozed: tuple[DueStatus, ...] = ()
    """Those that were put off, and come again."""
    seats: Mapping[str, SeatStatus] = field(default_factory=dict)
    """The seats that have begun, `a` and `b`."""
    can: tuple[str, ...] = ()
    """The kinds of requests that do something now."""
    undo: UndoStatus | None = None
    """The press that can be taken back; null if none can."""


@dataclass(frozen=True, slots=True)
class Told(_Described):
    """Something that staff were told."""

    text: str
    """The words."""
    ago: Annotated[Time, Clock(rests=False)]
    """How long ago."""
    check_in: bool
    """Whether a check-in came; else it is a notice."""


@dataclass(frozen=True, slots=True)
class LampStatus(_Described):
    """A lamp, as far as is known."""

    zone: str
    """Its zone: `seats`, `task` or `path`."""
    level: float
    """From 0 (off) to 1 (full), as the eye sees it."""
    kelvin: Annotated[float | None, Unit("K")]
    """Its white; null if it isn't known."""
    available: bool | None
    """Whether it answers; null if it doesn't say."""
    color: str | None = None
    """Its colour at full brightness, such as `#ff8040`; null if it shows a white."""


@dataclass(frozen=True, slots=True)
class ProcessStatus(_Described):
    """A process of the room."""

    pid: int
    """Its number."""
    role: str
    """`room` (the plan), `player` (sound), `decoders`, `decoder` (of a piece) or `supervisor`."""
    since: Time
    """When it began, on the clock `at`."""


@dataclass(frozen=True, slots=True)
class DropoutStatus(_Described):
    """How often the sound device had nothing to play since the session's start."""

    count: int = 0
    """How many gaps there were."""
    longest: Time = 0.0
    """How long the longest was, estimated to a few hundredths."""


@dataclass(frozen=True, slots=True)
class RoomStatus(_Described):
    """The whole room at a moment."""

    room: str
    """The room's name."""
    session: Status
    """The session, or that none is on."""
    sound: str
    """The sound device; `none` without one."""
    meters: Annotated[Mapping[str, tuple[float, float]], Unit("dBFS")]
    """Level (RMS) and peak by output; the events leave them out."""
    broker: bool | None
    """Whether the broker can be reached and leaves the lamps to this room; null without lamps."""
    lamps: Mapping[str, LampStatus]
    """The lamps by their ids."""
    told: tuple[Told, ...]
    """What staff were told, the newest last."""
    health: Mapping[str, str | None] = field(default_factory=dict)
    """The parts of the room: null while all is well, else what is wrong and what to do."""
    dropouts: DropoutStatus = field(default_factory=DropoutStatus)
    """Gaps in the sound that the device made."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Who listens to each output."""
    processes: tuple[ProcessStatus, ...] = ()
    """The room's processes."""
    at: Annotated[Time, Clock(rests=False)] = 0.0
    """The room's own clock."""
    rate: float = 1.0
    """How many seconds of the room pass in one; other than 1 in a rehearsal."""
    version: int = 0
    """Another number whenever anything changes that isn't a clock."""
