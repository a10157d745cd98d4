"""MIDI triggers: messages of a pedal or controller, and their notation in a room file."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, NamedTuple

from pydantic import BeforeValidator, WithJsonSchema

from kacenv.core.errors import UnitError
from kacenv.core.units import Seconds
from kacenv.model.chime import pitch_name

SLACK: Final = 8
"""Hysteresis: a pedal counts as released only this far behind its bound; half-pressed it would
chatter otherwise."""
_HOW: Final = (
    "`note 60`, `control 64 above 63`, `control 7` or `program 3`, with numbers from 0 to 127,"
    " `on channel 2` (1 to 16) after it where only that channel counts, and `held 1s` (0.5s to 10s)"
    " at the end where a note or control with a bound must be kept down"
)
_WORDS: Final = re.compile(
    r"(?P<kind>note|control|program) +(?P<number>\d{1,3}|[a-g]#?-?\d)"
    r"(?: +(?P<side>above|below) +(?P<bound>\d{1,3}))?(?: +on +channel +(?P<channel>\d{1,2}))?"
    r"(?: +held +(?P<held>0\.[5-9]|[1-9](?:\.[0-9])?|10)s)?",
    re.IGNORECASE,
)
_PITCHES: Final = {pitch_name(pitch).lower(): pitch for pitch in range(128)}


class MessageKind(StrEnum):
    """Kinds of MIDI messages that controls send."""

    NOTE = "note"
    CONTROL = "control"
    PROGRAM = "program"


_STATUS: Final = {
    0x80: MessageKind.NOTE,
    0x90: MessageKind.NOTE,
    0xB0: MessageKind.CONTROL,
    0xC0: MessageKind.PROGRAM,
}


class MidiMessage(NamedTuple):
    """Received message: `number` of the note, control or program; channel from 1 on.

    `value` is a control's value, or a note's velocity, 0 for a note-off; 0 for a program.
    """

    sort: MessageKind
    number: int
    value: int
    channel: int


def message_in(data: Sequence[int]) -> MidiMessage | None:
    """Parse a MIDI message; return None for an incomplete one, or one of another kind."""
    sort = _STATUS.get(data[0] & 0xF0) if data else None
    length = 2 if sort is MessageKind.PROGRAM else 3
    if sort is None or len(data) != length or any(byte > 127 for byte in data[1:]):
        return None
    value = 0 if sort is MessageKind.PROGRAM or data[0] < 0x90 else data[2]
    return MidiMessage(sort, data[1], value, (data[0] & 0x0F) + 1)


class ArrivalTimes:
    """Arrival times from MIDI's own deltas, independent of polling delays.

    Only the differences between those times are exact.
    """

    def __init__(self) -> None:
        self._last = Seconds(math.inf)

    def next(self, delta: float, now: Seconds) -> Seconds:
        """Return the arrival time of a message `delta` seconds after the one before.

        The first arrives at `now`, when it is polled; none arrives later than it is polled.
        """
        self._last = Seconds(min(self._last + delta, now))
        return self._last


@dataclass(frozen=True, slots=True)
class Trigger:
    """Trigger in a room file; a control without a bound is a fader, all others are switches."""

    sort: MessageKind
    number: int
    above: int | None = None
    below: int | None = None
    channel: int | None = None
    held: Seconds = Seconds(0.0)
    """Least duration (s) of a press."""

    @property
    def can_be_held(self) -> bool:
        """Tell if the control sends a message when released."""
        return self.sort is not MessageKind.PROGRAM and not self.is_fader

    @property
    def is_fader(self) -> bool:
        """Tell if every value counts, not only presses."""
        return self.sort is MessageKind.CONTROL and not self.is_bound

    @property
    def is_bound(self) -> bool:
        """Tell if the trigger has a bound, beyond which values may vary during a press."""
        return self.above is not None or self.below is not None

    def concerns(self, heard: MidiMessage) -> bool:
        """Tell if a message comes from this control, whatever its value."""
        same = (heard.sort, heard.number) == (self.sort, self.number)
        return same and self.channel in {None, heard.channel}

    def is_down(self, value: int, *, was_down: bool) -> bool:
        """Tell if the control is pressed at `value`, with hysteresis."""
        slack = SLACK if was_down else 0
        if self.above is not None:
            return value > max(0, self.above - slack)
        if self.below is not None:
            return value < min(127, self.below + slack)
        return value > 0 or self.sort is MessageKind.PROGRAM

    def __str__(self) -> str:
        """Return the notation of the room file."""
        sides = (("above", self.above), ("below", self.below), ("on channel", self.channel))
        more = [f"{word} {number}" for word, number in sides if number is not None]
        held = [f"held {self.held:g}s"] if self.held else []
        return " ".join([self.sort, str(self.number), *more, *held])


def parse_trigger(text: object) -> Trigger:
    """Parse a trigger such as `note 60` or `control 64 above 63 on channel 2`.

    Raises:
        UnitError: The text isn't a trigger; says how it is written.
    """
    if isinstance(text, Trigger):
        return text
    match = _WORDS.fullmatch(text.strip()) if isinstance(text, str) else None
    found = _trigger(match) if match else None
    if found is None:
        raise UnitError(_HOW, text, "on: note 60")
    return found


def _trigger(match: re.Match[str]) -> Trigger | None:
    """Return the trigger of a match; None if a number is out of range."""
    sort, side, bound = MessageKind(match["kind"].lower()), match["side"], int(match["bound"] or 0)
    named = match["number"].lower()
    number = int(named) if named.isdigit() else _PITCHES.get(named, 128)
    channel = int(match["channel"]) if match["channel"] else None
    bounds = {"above": range(127), "below": range(1, 128)}
    if side and (sort is not MessageKind.CONTROL or bound not in bounds[side.lower()]):
        return None
    by_name = not named.isdigit()
    if (
        number > 127
        or (by_name and sort is not MessageKind.NOTE)
        or channel not in {None, *range(1, 17)}
    ):
        return None
    sides = {side.lower(): bound} if side else {}
    found = Trigger(sort, number, **sides, channel=channel, held=Seconds(float(match["held"] or 0)))
    return found if found.can_be_held or not found.held else None


TriggerField = Annotated[
    Trigger,
    BeforeValidator(parse_trigger),
    WithJsonSchema({"type": "string", "examples": ["on: note 60"]}),
]
