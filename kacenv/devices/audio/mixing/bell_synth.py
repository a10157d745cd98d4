"""Bell synthesis for the built-in chimes: additive, a few decaying partials."""

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kacenv.core.units import Seconds
from kacenv.devices.audio.samples import RATE, frames_in
from kacenv.model.chime import Phrase

ATTACK = Seconds(0.03)
"""Attack of a stroke (s)."""
_LASTS = Seconds(9.0)
_ROW = 600
_KEPT = 16
"""Number of cached chimes, 2 to 4 MB each."""

Mono = NDArray[np.float32]
"""Samples of shape (frames,)."""


@dataclass(frozen=True, slots=True)
class _Partial:
    """Partial: ratio to the strike note, amplitude, and decay by 60 dB (s)."""

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
Ratios (just) from Fletcher and Rossing, The Physics of Musical Instruments, 2nd ed., table 21.1.
Strengths and decays chosen by ear: a felt hammer excites the upper partials little."""


@functools.lru_cache(_KEPT)
def ring(phrase: Phrase) -> Mono:
    """Render a whole chime, with its peak at full scale; cached and read-only.

    A note's amplitude is proportional to its velocity. The first call takes some 10 ms for each
    pitch, so render a chime before it is due.
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
    """Render a decaying sine as z^n, with n split into rows and columns to save powers."""
    turn = 2j * np.pi * strike_note * partial.ratio - math.log(1000.0) / partial.decay
    row = np.exp(turn / RATE * np.arange(_ROW))
    starts = np.exp(turn / RATE * np.arange(0, frames_in(_LASTS), _ROW))
    wave = np.outer(starts.real, row.imag) + np.outer(starts.imag, row.real)
    return wave.ravel()[: frames_in(_LASTS)]


def _edges(frames: int) -> NDArray[np.float64]:
    """Return a raised-cosine attack and a fade to zero over the last second."""
    edges = np.ones(frames)
    rise, fall = frames_in(ATTACK), RATE
    edges[:rise] = (1 - np.cos(np.linspace(0, np.pi, rise))) / 2
    edges[-fall:] = (1 + np.cos(np.linspace(0, np.pi, fall))) / 2
    return edges
