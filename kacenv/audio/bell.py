"""The built-in chime voice: a soft bell made of a few decaying partials."""

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kacenv.audio.samples import RATE, frames_in
from kacenv.chimes import notes
from kacenv.scene import ChimeName
from kacenv.units import Seconds

ATTACK = Seconds(0.03)
"""The time a stroke takes to rise."""
_LASTS = Seconds(9.0)

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


@functools.cache
def ring(name: ChimeName) -> Mono:
    """The whole chime `name`, its loudest sample at full scale; the same array every time."""
    sound = np.zeros(frames_in(max(note.offset for note in notes(name)) + _LASTS))
    for note in notes(name):
        stroke, start = _stroke(note.pitch) * note.velocity, frames_in(note.offset)
        sound[start : start + len(stroke)] += stroke
    chime: Mono = (sound / np.abs(sound).max()).astype(np.float32)
    chime.flags.writeable = False
    return chime


def _stroke(note: int) -> NDArray[np.float64]:
    time = np.arange(frames_in(_LASTS)) / RATE
    strike_note = 440.0 * 2 ** ((note - 69) / 12)
    sound = np.zeros_like(time)
    for partial in _BELL:
        decay = np.exp(-time * math.log(1000.0) / partial.decay)
        wave = np.sin(2 * np.pi * strike_note * partial.ratio * time)
        sound += partial.strength * decay * wave
    return sound * _edges(len(time))


def _edges(frames: int) -> NDArray[np.float64]:
    """A raised-cosine attack, and a last second that leads to true silence."""
    edges = np.ones(frames)
    rise, fall = frames_in(ATTACK), RATE
    edges[:rise] = (1 - np.cos(np.linspace(0, np.pi, rise))) / 2
    edges[-fall:] = (1 + np.cos(np.linspace(0, np.pi, fall))) / 2
    return edges
