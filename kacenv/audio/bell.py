"""The built-in chime voice: a soft bell made of a few decaying partials."""

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kacenv.audio.samples import RATE, frames_in
from kacenv.phrase import Phrase
from kacenv.units import Seconds

ATTACK = Seconds(0.03)
"""The time a stroke takes to rise."""
_LASTS = Seconds(9.0)
_ROW = 600
_KEPT = 16
"""Chimes kept in memory, 2 to 4 MB each."""

Mono = NDArray[np.float32]
"""Samples of shape (frames,)."""


@dataclass(frozen=True, slots=True)
class _Partial:
    """`ratio` to the strike note, amplitude, and seconds until it is 60 dB down."""

    ratio: float
    strength: float
    decay: float


_BELL = (
    _Partial(0.5, 0.50, 9.0),
    _Partial(1.0, 1.00, 7.0),
    _Partial(1.2, 0.22, 5.0),
    _Partial(1.5, 0.10, 3.5),
    _Partial(2.0, 0.30, 3.0),
    _Partial(2.5, 0.05, 1.8),
    _Partial(3.0, 0.06, 1.4),
    _Partial(4.0, 0.03, 0.9),
)
"""Hum, prime, tierce, quint, nominal, deciem, superquint and octave nominal of a church bell.

Ratios: Fletcher and Rossing, The Physics of Musical Instruments, 2nd ed., table 21.1 (the
just ones). Strengths and decays are chosen by ear: a felt hammer wakes the upper ones little.
"""


@functools.lru_cache(_KEPT)
def ring(phrase: Phrase) -> Mono:
    """The whole chime, its loudest sample at full scale; the same array every time.

    A note's amplitude is proportional to its velocity. The first time takes some 10 ms for each
    pitch, so ask for a chime before it is due.
    """
    sound = np.zeros(frames_in(phrase.notes[-1].offset + _LASTS))
    for pitch in sorted({note.pitch for note in phrase.notes}):
        stroke = _stroke(pitch)
        for note in phrase.notes:
            if note.pitch == pitch:
                start = frames_in(note.offset)
                sound[start : start + len(stroke)] += stroke * note.velocity
    chime: Mono = (sound / np.abs(sound).max()).astype(np.float32)
    chime.flags.writeable = False
    return chime


def _stroke(pitch: int) -> NDArray[np.float64]:
    strike_note = 440.0 * 2 ** ((pitch - 69) / 12)
    sound = sum(partial.strength * _decaying(strike_note, partial) for partial in _BELL)
    return sound * _edges(frames_in(_LASTS))


def _decaying(strike_note: float, partial: _Partial) -> NDArray[np.float64]:
    """A sine that dies away, as z^n; n in rows and columns spares nearly all the powers."""
    turn = 2j * np.pi * strike_note * partial.ratio - math.log(1000.0) / partial.decay
    row = np.exp(turn / RATE * np.arange(_ROW))
    starts = np.exp(turn / RATE * np.arange(0, frames_in(_LASTS), _ROW))
    wave = np.outer(starts.real, row.imag) + np.outer(starts.imag, row.real)
    return wave.ravel()[: frames_in(_LASTS)]


def _edges(frames: int) -> NDArray[np.float64]:
    """A raised-cosine attack, and a last second that leads to true silence."""
    edges = np.ones(frames)
    rise, fall = frames_in(ATTACK), RATE
    edges[:rise] = (1 - np.cos(np.linspace(0, np.pi, rise))) / 2
    edges[-fall:] = (1 + np.cos(np.linspace(0, np.pi, fall))) / 2
    return edges
