"""Layers of a piece: who plays, which notes, and how loud they swell over time."""

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from harmony import Chord, Voicing, pitch, voiced


@dataclass(frozen=True)
class Note:
    """One note; times in beats from the beginning of the piece, velocity 1 to 127."""

    start: float
    beats: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Voice:
    """An instrument: its General MIDI program from 0, and a trim in decibels at most 0.

    The trims bring the instruments of FluidR3 to one measured loudness.
    """

    program: int
    trim: float


@dataclass(frozen=True)
class Swell:
    """Expression over time: (beat, share of full) points, joined by cosine curves.

    `breath` adds a periodic ebb of `depth` (share) with this period in beats; 0 adds none.
    """

    points: tuple[tuple[float, float], ...]
    breath: float = 0.0
    depth: float = 0.0

    def at(self, beat: float) -> float:
        """Share of full expression at a beat, 0 to 1."""
        ebb = self.depth * math.sin(math.pi * beat / self.breath) ** 2 if self.breath else 0.0
        return self._curve(beat) * (1.0 - ebb)

    def _curve(self, beat: float) -> float:
        for (left, low), (right, high) in itertools.pairwise(self.points):
            if left <= beat <= right:
                turn = (1.0 - math.cos(math.pi * (beat - left) / (right - left))) / 2
                return low + (high - low) * turn
        return self.points[0][1] if beat < self.points[0][0] else self.points[-1][1]


@dataclass(frozen=True)
class Layer:
    """One MIDI channel of a piece; `level` in decibels, `pan` from -1 (left) to 1 (right)."""

    voice: Voice
    level: float
    pan: float
    swell: Swell
    notes: tuple[Note, ...]


def swell(text: str, *, breath: float = 0.0, depth: float = 0.0) -> Swell:
    """Read a swell written as `beat:share` points, such as `0:0.4 64:1`."""
    points = (item.split(":") for item in text.split())
    return Swell(tuple((float(beat), float(share)) for beat, share in points), breath, depth)


def pad(
    chords: list[Chord], *, low: str, high: str, voices: int, velocity: int = 60
) -> tuple[Note, ...]:
    """Held chords whose common tones are tied over, so that only moving voices are heard."""
    shapes = voiced(chords, low=pitch(low), high=pitch(high), voices=voices)
    return _tied(chords, shapes, velocity)


def bass(chords: list[Chord], *, low: str, velocity: int = 60) -> tuple[Note, ...]:
    """The bass note of each chord, in the octave that begins at `low`."""
    floor = pitch(low)
    shapes: list[Voicing] = [(floor + (chord.bass - floor) % 12,) for chord in chords]
    return _tied(chords, shapes, velocity)


def drone(notes: str, beats: float, *, velocity: int = 60) -> tuple[Note, ...]:
    """The named notes, held from beginning to end."""
    return tuple(Note(0.0, beats, pitch(name), velocity) for name in notes.split())


def _tied(chords: list[Chord], shapes: list[Voicing], velocity: int) -> tuple[Note, ...]:
    held: dict[int, float] = {}
    notes: list[Note] = []
    for beat, shape in zip(_starts(chords), [*shapes, ()], strict=True):
        for tone in sorted(held.keys() - set(shape)):
            start = held.pop(tone)
            notes.append(Note(start, beat - start + 0.25, tone, velocity))
        held.update({tone: beat for tone in shape if tone not in held})
    return tuple(sorted(notes, key=lambda note: (note.start, note.pitch)))


def _starts(chords: list[Chord]) -> list[float]:
    return list(itertools.accumulate((chord.beats for chord in chords), initial=0.0))


def arpeggio(  # noqa: PLR0913 - a figure has this many plain settings
    chords: list[Chord],
    figure: str,
    rng: random.Random,
    *,
    low: str,
    high: str,
    step: float = 1.0,
    ring: float = 4.0,
    velocity: int = 50,
) -> tuple[Note, ...]:
    """A plucked figure over the chords: digits pick voices from the lowest, dots rest.

    The figure runs on through the piece; hands are never exact, so starts and touch vary a
    little, from the given generator.
    """
    shapes = voiced(chords, low=pitch(low), high=pitch(high), voices=4)
    marks = itertools.cycle(figure.replace(" ", ""))
    notes = []
    for beat, shape in _steps(chords, shapes, step):
        mark = next(marks)
        if mark != ".":
            late = rng.uniform(0.0, 0.06)
            touch = velocity + rng.randint(-5, 5)
            notes.append(Note(beat + late, ring, shape[int(mark)], touch))
    return tuple(notes)


def _steps(
    chords: list[Chord], shapes: list[Voicing], step: float
) -> Iterator[tuple[float, Voicing]]:
    for start, chord, shape in zip(_starts(chords)[:-1], chords, shapes, strict=True):
        for index in range(round(chord.beats / step)):
            yield start + index * step, shape


def melody(text: str, at: str, *, velocity: int = 56, legato: float = 0.15) -> tuple[Note, ...]:
    """A tune written as `name/beats` (`~` rests), played at each of the given beats."""
    return tuple(
        note
        for start in at.split()
        for note in _line(text, float(start), velocity=velocity, legato=legato)
    )


def pulse(
    chords: list[Chord], *, low: str, every: float, offset: float = 0.0, velocity: int = 46
) -> tuple[Note, ...]:
    """The bass note of each chord drawn anew every so many beats, each stroke into the next."""
    floor = pitch(low)
    return tuple(
        Note(beat + offset, every + 0.2, floor + (chord.bass - floor) % 12, velocity)
        for start, chord in zip(_starts(chords)[:-1], chords, strict=True)
        for beat in (start + index * every for index in range(round(chord.beats / every)))
    )


def apart(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """The same notes, each ended before its own pitch begins again."""
    following: dict[int, float] = {}
    result = []
    for note in sorted(notes, key=lambda note: note.start, reverse=True):
        room = following.get(note.pitch, math.inf) - note.start - 0.02
        result.append(replace(note, beats=min(note.beats, room)))
        following[note.pitch] = note.start
    return tuple(reversed(result))


def _line(text: str, start: float, *, velocity: int, legato: float) -> Iterator[Note]:
    beat = start
    for item in text.split():
        name, beats = item.split("/")
        if name != "~":
            yield Note(beat, float(beats) + legato, pitch(name), velocity)
        beat += float(beats)
