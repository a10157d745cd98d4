"""The arc of a session: who plays when, how loud, in which light, and what staff are told.

Plain records, for pictures and for programs. Times are seconds from the session's start.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kacenv.look import Setting, Zone
from kacenv.units import Decibels, Seconds


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A phase as it came; `level` is the music's planned one, in dB."""

    name: str
    begin: Seconds
    end: Seconds
    level: Decibels


@dataclass(frozen=True, slots=True)
class PieceSpan:
    """A piece of music from its first sound to its last; its fades lie within."""

    title: str
    artist: str
    energy: int | None
    begin: Seconds
    end: Seconds
    fade_in: Seconds
    fade_out: Seconds

    def gain_at(self, moment: float) -> float:
        """Its gain (0 to 1) by its two fades, which are of equal power."""
        risen = (moment - self.begin) / self.fade_in if self.fade_in else 1.0
        fallen = (moment - self.end + self.fade_out) / self.fade_out if self.fade_out else 0.0
        quarter = math.pi / 2
        rise, fall = min(max(risen, 0.0), 1.0), min(max(fallen, 0.0), 1.0)
        return math.sin(quarter * rise) * math.cos(quarter * fall)


@dataclass(frozen=True, slots=True)
class LevelPoint:
    """The music's level (dB from the room's usual one) at a moment; straight in between."""

    at: Seconds
    level: Decibels


def level_between(points: Sequence[LevelPoint], moment: float) -> float:
    """The level at `moment` on the straight lines between `points`, which are in order."""
    after = bisect_right(points, moment, key=lambda point: point.at)
    if after in {0, len(points)}:
        return points[max(0, after - 1)].level
    low, high = points[after - 1], points[after]
    share = (moment - low.at) / (high.at - low.at)
    return low.level + share * (high.level - low.level)


@dataclass(frozen=True, slots=True)
class LookSpan:
    """A zone on its way to a setting, from `begin` on; it is reached at `reached`."""

    zone: Zone
    begin: Seconds
    reached: Seconds
    setting: Setting


class MarkKind(StrEnum):
    """What a moment is about."""

    CHECK_IN = "check-in"
    CHIME = "chime"
    NOTE = "note"
    PRESS = "press"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happens at a moment; `reply` is what a press is answered."""

    at: Seconds
    kind: MarkKind
    text: str
    reply: str = ""


@dataclass(frozen=True, slots=True)
class HeldSpan:
    """A time in which the phase's clock rests."""

    begin: Seconds
    end: Seconds


@dataclass(frozen=True, slots=True)
class Arc:
    """One session on its time axis; `planned` is how long its scene says it takes."""

    title: str
    room: str
    planned: Seconds
    length: Seconds
    phases: tuple[PhaseSpan, ...]
    pieces: tuple[PieceSpan, ...]
    loudness: tuple[LevelPoint, ...]
    measured: tuple[LevelPoint, ...]
    """The music as it was measured, at its planned level; empty where none has been measured."""
    looks: tuple[LookSpan, ...]
    marks: tuple[Mark, ...]
    held: tuple[HeldSpan, ...]
    whites: Mapping[Zone, float]
    """The white of each zone's lamps where a look gives none, in kelvin."""

    def level_at(self, moment: float) -> float:
        """The music's planned level at `moment`, in dB."""
        return level_between(self.loudness, moment)

    def check_ins(self) -> Iterator[Mark]:
        """The check-ins, in their order."""
        return (mark for mark in self.marks if mark.kind is MarkKind.CHECK_IN)
