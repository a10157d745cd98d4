"""Arc of a session: phases, tracks, levels, looks, and what staff are shown.

Plain records, for pictures and for programs. Times are seconds from the session's start.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kacenv.core.units import Decibels, Seconds
from kacenv.model.look import Setting, Zone


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """Phase as it came; `level` is the music's planned one, in dB."""

    name: str
    begin: Seconds
    end: Seconds
    level: Decibels


@dataclass(frozen=True, slots=True)
class PieceSpan:
    """Track from its first sound to its last, its fades included."""

    title: str
    artist: str
    energy: int | None
    begin: Seconds
    end: Seconds
    fade_in: Seconds
    fade_out: Seconds

    def gain_at(self, moment: float) -> float:
        """Return the gain (0 to 1) at a time, by its two equal-power fades."""
        risen = (moment - self.begin) / self.fade_in if self.fade_in else 1.0
        over = float(moment > self.end)
        fallen = (moment - self.end + self.fade_out) / self.fade_out if self.fade_out else over
        quarter = math.pi / 2
        rise, fall = min(max(risen, 0.0), 1.0), min(max(fallen, 0.0), 1.0)
        return math.sin(quarter * rise) * math.cos(quarter * fall)


@dataclass(frozen=True, slots=True)
class LevelPoint:
    """Level of the music (dB from the room's usual one) at a time; linear in between."""

    at: Seconds
    level: Decibels


def level_between(points: Sequence[LevelPoint], moment: float) -> float:
    """Interpolate the level at `moment` linearly between `points`, which are in order."""
    after = bisect_right(points, moment, key=lambda point: point.at)
    if after in {0, len(points)}:
        return points[max(0, after - 1)].level
    low, high = points[after - 1], points[after]
    share = (moment - low.at) / (high.at - low.at)
    return low.level + share * (high.level - low.level)


@dataclass(frozen=True, slots=True)
class LookSpan:
    """Fade of a zone to a setting, from `begin` to `reached`."""

    zone: Zone
    begin: Seconds
    reached: Seconds
    setting: Setting


class MarkKind(StrEnum):
    """Kind of a mark."""

    CHECK_IN = "check-in"
    CHIME = "chime"
    NOTE = "note"
    PRESS = "press"


@dataclass(frozen=True, slots=True)
class ArcMark:
    """Event at a time; `reply` is the reply to a press."""

    at: Seconds
    kind: MarkKind
    text: str
    reply: str = ""


@dataclass(frozen=True, slots=True)
class HeldSpan:
    """Span in which the phase's clock is stopped."""

    begin: Seconds
    end: Seconds


@dataclass(frozen=True, slots=True)
class Arc:
    """Session on its time axis; `planned` is the scene's own length."""

    title: str
    room: str
    planned: Seconds
    length: Seconds
    phases: tuple[PhaseSpan, ...]
    pieces: tuple[PieceSpan, ...]
    loudness: tuple[LevelPoint, ...]
    measured: tuple[LevelPoint, ...]
    """Measured loudness of the music at its planned level; empty if no file has been measured."""
    looks: tuple[LookSpan, ...]
    marks: tuple[ArcMark, ...]
    held: tuple[HeldSpan, ...]
    whites: Mapping[Zone, float]
    """White of each zone's lamps if a look has none, in kelvin."""

    def level_at(self, moment: float) -> float:
        """Return the music's planned level at `moment`, in dB."""
        return level_between(self.loudness, moment)

    def check_ins(self) -> Iterator[ArcMark]:
        """Yield the check-ins in order."""
        return (mark for mark in self.marks if mark.kind is MarkKind.CHECK_IN)
