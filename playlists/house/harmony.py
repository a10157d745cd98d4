"""Pitches, chords and voice leading: the few rules of harmony the pieces share."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "b": -1}
_QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "add9": (0, 2, 4, 7),
    "madd9": (0, 2, 3, 7),
    "sus4": (0, 5, 7),
    "7sus4": (0, 5, 7, 10),
}
_CHORD = re.compile(r"([A-G])([#b]?)([^/]*)(?:/([A-G][#b]?))?")
_SHARP_DISSONANCES = {1: 60.0, 13: 40.0, 11: 4.0}
_LOWEST_FREE_THIRD = 52

Voicing = tuple[int, ...]


@dataclass(frozen=True)
class Chord:
    """A chord as named in a progression: pitch classes from C = 0, held for some beats."""

    tones: frozenset[int]
    bass: int
    beats: float


def pitch_class(name: str) -> int:
    """Pitch class of a note name such as `Bb`, counted in semitones from C."""
    return (_LETTERS[name[0]] + _ACCIDENTALS[name[1:]]) % 12


def pitch(name: str) -> int:
    """MIDI note number of a name with an octave: `C4` is 60."""
    return pitch_class(name[:-1]) + 12 * (int(name[-1]) + 1)


def progression(text: str) -> list[Chord]:
    """Read chords written as `name:beats`, such as `Fadd9:8 C/E:8`."""
    return [_chord(*item.split(":")) for item in text.split()]


def _chord(name: str, beats: str) -> Chord:
    match = _CHORD.fullmatch(name)
    if match is None or match[3] not in _QUALITIES:
        msg = f"expected a chord such as Dm7/C, found {name!r}"
        raise ValueError(msg)
    root = pitch_class(match[1] + match[2])
    tones = frozenset((root + step) % 12 for step in _QUALITIES[match[3]])
    return Chord(tones, pitch_class(match[4]) if match[4] else root, float(beats))


def voiced(chords: list[Chord], *, low: int, high: int, voices: int) -> list[Voicing]:
    """Voice the chords within a range so that every voice moves as little as it can."""
    result: list[Voicing] = []
    for chord in chords:
        before = result[-1] if result else None
        result.append(_nearest(chord, list(range(low, high + 1)), voices, before))
    return result


def _nearest(chord: Chord, compass: list[int], voices: int, before: Voicing | None) -> Voicing:
    centre = (compass[0] + compass[-1]) / 2
    return min(
        _candidates(chord, compass, voices),
        key=lambda voicing: (_strain(chord, voicing, centre) + _movement(before, voicing), voicing),
    )


def _candidates(chord: Chord, compass: list[int], voices: int) -> Iterator[Voicing]:
    usable = [note for note in compass if note % 12 in chord.tones]
    return itertools.combinations(usable, voices)


def _strain(chord: Chord, voicing: Voicing, centre: float) -> float:
    missing = len(chord.tones - {note % 12 for note in voicing})
    rubbing = sum(
        _SHARP_DISSONANCES.get(high - low, 0.0) for low, high in itertools.combinations(voicing, 2)
    )
    muddy = sum(
        low < _LOWEST_FREE_THIRD and high - low < 5 for low, high in itertools.pairwise(voicing)
    )
    gaps = sum(max(0, high - low - 9) for low, high in itertools.pairwise(voicing))
    drift = abs(sum(voicing) / len(voicing) - centre)
    return 5.0 * missing + rubbing + 6.0 * muddy + 2.0 * gaps + 0.8 * drift


def _movement(before: Voicing | None, after: Voicing) -> float:
    if before is None:
        return 0.0
    return sum(abs(new - old) for old, new in zip(before, after, strict=True))
