"""MIDI triggers: messages of a pedal or controller, and their notation in a room file."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, NamedTuple

from pydantic import BeforeValidator, WithJsonSchema

from kacenv.core.units import Notation, Seconds
from kacenv.model.chime import pitch_name
from kacenv.model.fields import text_schema

SLACK: Final = 8
"""Hysteresis: a pedal counts as released only this far behind its bound; half-pressed it would
chatter otherwise."""
_EXPECTED: Final = (
    "`note 60`, `control 64 above 63`, `control 7` or `program 3`, with numbers from 0 to 127,"
    " `on channel 2` (1 to 16) after it where only that channel counts, and `held 1s` (0.5s to 10s)"
    " at the end where a note or control with a bound must be kept down"
)


def any_case(word: str) -> str:
    """Return a pattern of `word` in small or large letters."""
    return "".join(f"[{letter.upper()}{letter}]" for letter in word)


_TO_126: Final = "(?:12[0-6]|1[01][0-9]|0?[0-9]{1,2})"
_TO_127: Final = "(?:12[0-7]|1[01][0-9]|0?[0-9]{1,2})"
_NAME: Final = "(?:(?:[A-Ga-g]|[ACDFGacdfg]#)(?:-1|[0-8])|(?:[C-Gc-g]|[CDFcdf]#)9)"
_NOTE: Final = f"{any_case('note')} +(?:{_TO_127}|{_NAME})"
_CONTROL: Final = f"{any_case('control')} +{_TO_127}"
_ABOVE: Final = f" +{any_case('above')} +{_TO_126}"
_BELOW: Final = f" +{any_case('below')} +(?!0+(?![0-9])){_TO_127}"
_CHANNEL: Final = f"(?: +{any_case('on')} +{any_case('channel')} +(?:1[0-6]|0?[1-9]))?"
_HELD: Final = rf"(?: +{any_case('held')} +(?:0\.[5-9]|[1-9](?:\.[0-9])?|10)[Ss])?"
FADER: Final = f"{_CONTROL}{_CHANNEL}"
"""Pattern of a control without a bound."""
PROGRAM: Final = f"{any_case('program')} +{_TO_127}{_CHANNEL}"
"""Pattern of a program change, which can't be held down."""
TRIGGER: Final = Notation(
    f"(?:{_NOTE}{_CHANNEL}{_HELD}|{_CONTROL}(?:{_ABOVE}|{_BELOW}){_CHANNEL}{_HELD}"
    f"|{FADER}|{PROGRAM})",
    _EXPECTED,
    "note 60",
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

    @property
    def ends(self) -> tuple[int, int]:
        """Return the values that a control with a bound has when it is pressed and released."""
        return (127, 0) if self.above is not None else (0, 127)

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
    kind, number, *rest = TRIGGER.read(text).lower().split()
    words = [word for word in rest if word != "on"]
    given = dict(zip(words[::2], words[1::2], strict=True))
    above, below, channel = (
        int(given[key]) if key in given else None for key in ("above", "below", "channel")
    )
    pitch = int(number) if number.isdecimal() else _PITCHES[number]
    held = Seconds(float(given.get("held", "0s").rstrip("s")))
    return Trigger(MessageKind(kind), pitch, above, below, channel, held)


TriggerField = Annotated[
    Trigger, BeforeValidator(parse_trigger), WithJsonSchema(text_schema(TRIGGER))
]
