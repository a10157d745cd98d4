"""Chimes as short sequences of notes, built in or from a room file."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Final, NamedTuple, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from kacenv.core.errors import UnitError
from kacenv.core.units import Notation, Seconds
from kacenv.model.fields import Duration, Model, given, rules, text_schema

LOWEST: Final = 36
HIGHEST: Final = 96
"""Range of MIDI pitches, C2 to C7: a lower bell is hardly audible, a higher one sharp."""
LONGEST: Final = Seconds(12.0)
"""Greatest offset (s) of a chime's last note."""
MOST_NOTES: Final = 32
_GAP = Seconds(1.5)
PITCH: Final = Notation(
    "(?:[Cc](?:#?[2-6]|7)|[Cc][Bb][3-7]|[D-Gd-gAa][#Bb]?[2-6]|[Bb][Bb]?[2-6]|[Bb]#[1-6]"
    "|0?(?:3[6-9]|[4-8][0-9]|9[0-6]))",
    f"a note from C2 to C7, or its MIDI number, from {LOWEST} to {HIGHEST}",
    "E4",
)
_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


class Note(NamedTuple):
    """Stroke: seconds after the chime's start, MIDI pitch and MIDI velocity."""

    offset: Seconds
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """Chime: its name, and its notes sorted by time, at least one.

    Velocities only balance the notes against each other; the chime's level is set when it is
    played.
    """

    name: str
    notes: tuple[Note, ...]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


# One or two slow notes, a fifth apart and rising. The alarm melodies of IEC 60601-1-8 are
# three or five quick notes, or two quick ones a third apart and falling.
BELL: Final = Phrase("bell", (Note(Seconds(0.0), 69, 48),))
TWO_BELLS: Final = Phrase("two-bells", (Note(Seconds(0.0), 69, 44), Note(Seconds(2.0), 76, 38)))
DEEP_BELL: Final = Phrase("deep-bell", (Note(Seconds(0.0), 57, 56),))
BUILT_IN: Final = MappingProxyType({one.name: one for one in (BELL, TWO_BELLS, DEEP_BELL)})
"""Chimes available in every room."""


def parse_pitch(value: object) -> int:
    """Return the MIDI pitch of `E4`, `C#5`, `Bb3` or `64`; A4 is 69, C4 is middle C.

    Raises:
        UnitError: The value isn't a pitch from C2 to C7.
    """
    text = PITCH.read(str(value) if isinstance(value, str | int) else "something else")
    if text.isdecimal():
        return int(text)
    letter, sign, octave = text[0].upper(), text[1:-1].lower(), int(text[-1])
    return 12 * (octave + 1) + _NAMES.index(letter) + {"": 0, "#": 1, "b": -1}[sign]


def pitch_name(pitch: int) -> str:
    """Return the scientific name of a MIDI pitch from 0 to 127, such as `C#5`; 60 is `C4`."""
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"


Pitch = Annotated[
    int,
    BeforeValidator(parse_pitch),
    WithJsonSchema(
        {
            "anyOf": [
                text_schema(PITCH),
                {"type": "integer", "minimum": LOWEST, "maximum": HIGHEST},
            ],
            "examples": ["E4"],
        }
    ),
]


class Stroke(Model):
    """Note of a chime, as a clinic writes it: its pitch alone, or a block."""

    note: Pitch
    """Its pitch: a name (C4 is middle C) or a MIDI number."""
    after: Annotated[Duration | None, Field(examples=["1.2s"])] = None
    """How long after the note before; without it 1.5s, and the first comes at once."""
    velocity: Annotated[int, Field(ge=1, le=127, examples=[40])] = 48
    """How strongly it is struck (MIDI), against the other notes of the chime."""


def _spelled_out(data: object) -> object:
    return {"note": parse_pitch(data)} if isinstance(data, str | int) else data


StrokeField = Annotated[
    Stroke, BeforeValidator(_spelled_out, json_schema_input_type=Pitch | Stroke)
]


class OwnChime(Model):
    """A chime of the room's own: its notes, or a MIDI file that holds them."""

    model_config = rules({"oneOf": [given("notes"), given("file")]})

    notes: Annotated[
        Annotated[tuple[StrokeField, ...], Field(min_length=1, max_length=MOST_NOTES)] | None,
        Field(examples=[["E4", "B4", {"note": "E5", "after": "1.2s"}]]),
    ] = None
    """The notes in their order."""
    file: Annotated[str | None, Field(examples=["chimes/evening.mid"])] = None
    """A MIDI file, as seen from this file, to take the notes from."""

    @model_validator(mode="after")
    def _notes_or_file(self) -> Self:
        if (self.notes is None) == (self.file is None):
            found = "neither of them" if self.file is None else "both `notes` and `file`"
            raise UnitError("either `notes` or `file`", found, "notes: [E4, B4]")
        return self

    @model_validator(mode="after")
    def _short(self) -> Self:
        last = [note.offset for note in self._timed()][-1:]
        if last and last[0] > LONGEST:
            raise UnitError(
                f"the last note at most {LONGEST:g}s after the first",
                f"`notes` that last {last[0]:g}s",
                "notes: [E4, {note: B4, after: 2s}]",
            )
        return self

    def phrase(self, name: str) -> Phrase:
        """Return the chime under its name in the room.

        Raises:
            ValueError: Its file hasn't been read; the loader does that.
        """
        notes = tuple(self._timed())
        if not notes:
            raise ValueError(f"the file of the chime {name} hasn't been read")
        return Phrase(name, notes)

    def _timed(self) -> Iterator[Note]:
        offset: float | None = None
        for stroke in self.notes or ():
            gap = stroke.after if stroke.after is not None else _GAP
            offset = (stroke.after or 0.0) if offset is None else offset + gap
            yield Note(Seconds(offset), stroke.note, stroke.velocity)
