"""Data model of a session's record; no key of it is about a person.

Times are seconds from the session's start; levels and texts are those of the room's files.
"""

from typing import Literal

from pydantic import Field

from kacenv.model.fields import Model
from kacenv.model.scene import Seat

Outcome = Literal["whole", "early", "stopped", "broke off"]


class Span(Model):
    """A stretch of time."""

    begin: float
    end: float

    @property
    def length(self) -> float:
        """Length in seconds."""
        return self.end - self.begin

    def overlap(self, other: "Span") -> float:
        """Return the length of the overlap in seconds."""
        return max(0.0, min(self.end, other.end) - max(self.begin, other.begin))


class PhaseRow(Model):
    """Phase of the scene, as planned and as it was."""

    name: str
    planned: Span | None
    real: tuple[Span, ...]
    """More than one where staff went back to it; none where it was left out."""
    held: float
    """How long it was on hold, in seconds."""
    extended: float
    """By how much staff made it longer, in seconds; negative is shorter."""
    difference: float | None
    """How much longer it was than planned, in seconds."""


class PieceRow(Model):
    """A piece of music that was heard, its fades included."""

    title: str
    artist: str
    licence: str
    phase: str
    begin: float
    end: float
    crossfade: float
    """How long it flowed in, in seconds."""


class PressRow(Model):
    """Something that staff pressed, as it is typed, and what they were answered."""

    at: float
    press: str
    reply: str
    phase: str


class CheckInRow(Model):
    """A check-in that came."""

    id: str
    prompt: str
    seat: Seat | None
    due: float
    answered: float | None
    snoozed: int
    """How many times it was put off."""
    outcome: Literal["done", "passed", "unanswered"]


class SeatRow(Model):
    """When a seat's own clock began."""

    seat: Seat
    begin: float


class AwayRow(Span):
    """A time in which the room was away; `certain` unless no clock could be trusted."""

    certain: bool


class ToldRow(Model):
    """What staff were told, check-ins apart."""

    at: float
    text: str


class Timing(Model):
    """Punctuality of the room, in seconds after the engine's own time, which is 0.2 s early."""

    orders: int
    """How many times the plan had something to do."""
    half: float | None
    """Half of them were no later than this."""
    nearly_all: float | None
    """Of a hundred, 99 were no later than this."""
    latest: float | None
    underruns: int
    """How often a decoder fell behind what was to be heard."""
    longest_silence: float
    """The longest time without music that nobody had asked for, times away apart."""


class DropoutRow(Span):
    """A gap that the sound device made."""


class RecordCard(Model):
    """A line about a record for a list; `length` is in seconds."""

    id: str
    room: str
    date: str
    kept_until: str
    scene: str
    length: float
    outcome: Outcome


class SessionRecord(Model):
    """A session that is over."""

    format: Literal[1] = 1
    made_by: str
    """The program and its version."""
    id: str = Field(pattern=r"^[0-9a-f]{8}$")
    """The session's: the same however often its record is written."""
    room: str
    scene: str
    """The scene's title."""
    date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    kept_until: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    """The last day on which it is there."""
    outcome: Outcome
    planned_length: float
    """How long it takes if nobody presses anything, in seconds."""
    length: float
    phases: tuple[PhaseRow, ...]
    pieces: tuple[PieceRow, ...]
    presses: tuple[PressRow, ...]
    holds: tuple[Span, ...]
    check_ins: tuple[CheckInRow, ...]
    seats: tuple[SeatRow, ...]
    away: tuple[AwayRow, ...]
    told: tuple[ToldRow, ...]
    dropouts: tuple[DropoutRow, ...] = ()
    timing: Timing
    lost_lines: int
    """How many lines of the session's journal can't be read; what they said is missing here."""
