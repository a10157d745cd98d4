"""What a recording of the tone house says: its figures by the session's time, and its order."""

from functools import cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from support.tone_house import BELLS, FADE, LONG, PHASES, SPEAKERS, STAFF, TONES

from kacenv.devices.audio.mixing.bell_synth import ring
from kacenv.devices.audio.samples import RATE
from kacenv.model.chime import BELL

Signal = npt.NDArray[np.float64]
_BELOW_BELLS = 200.0
_SILENT = 1e-3
_WINDOW = RATE // 2
_CLEAR = 2.0
"""A tone leads if it is twice as strong as any other: a dropout within a crossfade spreads both."""
_RISE, _STRONG, _APART = 2.0, 0.1, 6
"""A stroke is twice as strong as the window before it and a tenth of the strongest, and six
windows after the last one: its rest after a dropout is none."""


class Recording(NamedTuple):
    """Sound of shape (frames, channels), in which the session begins at `begin` seconds."""

    sound: Signal
    begin: float

    def between(self, start: float, end: float, channel: int = SPEAKERS) -> Signal:
        """Return the sound from `start` to `end`, in seconds of the session."""
        first = round((self.begin + start) * RATE)
        return self.sound[first : first + round((end - start) * RATE), channel]


def gap(heard: Recording) -> float:
    """Return the longest silence (s) from the first second to the last fade."""
    sound = np.abs(heard.between(1.0, len(PHASES) * LONG))
    loud = np.flatnonzero(sound > _SILENT)
    return float(np.diff(loud).max() / RATE) if len(loud) > 1 else float("inf")


def pitch_of(heard: Recording, index: int) -> tuple[float, float]:
    """Return the pitch that a phase sounds of (Hz), and how strong any other is beside it."""
    steady = heard.between(index * LONG + FADE + 0.3, (index + 1) * LONG - 0.3)
    spectrum, pitches = _spectrum(steady)
    low = pitches < _BELOW_BELLS
    pitch = float(pitches[low][np.argmax(spectrum[low])])
    far = low & (np.abs(pitches - pitch) > 8)
    return pitch, float(spectrum[far].max() / spectrum[low].max())


def power_deviations(heard: Recording) -> list[float]:
    """Return how far (dB) the music's power is from its usual one, through changes of phase."""
    windows = [
        power_below(heard.between(at, at + 0.5), _BELOW_BELLS)
        for change in np.arange(1, len(PHASES)) * LONG
        for at in np.arange(change - 0.5, change + FADE, 0.1)
        if not _is_ducked(at)
    ]
    usual = power_below(heard.between(FADE + 0.5, FADE + 1.0), _BELOW_BELLS)
    return [decibels(power / usual) for power in windows]


def _is_ducked(at: float) -> bool:
    """Return whether the music makes room for a chime: down, four seconds, and slowly up again."""
    return any(-1.5 < at - bell < 7.5 for bell in BELLS["room"])


def lateness(heard: Recording, channel: int, due: float) -> float:
    """Return by how much (s) the chime that is due at `due` is heard later."""
    return _onset(heard.between(due - 1.0, due + 1.0, channel)) - 1.0


def _onset(signal: Signal) -> float:
    """Return when something above the tones begins: a tenth of its later strength."""
    spectrum = np.fft.rfft(signal)
    spectrum[np.fft.rfftfreq(len(signal), 1 / RATE) < _BELOW_BELLS] = 0
    bell = np.abs(np.fft.irfft(spectrum, len(signal)))[RATE // 10 : -RATE // 10]
    return float(np.argmax(bell > 0.1 * bell.max()) / RATE + 0.1)


def power_below(signal: Signal, limit: float) -> float:
    """Return the mean power below `limit` Hz, in a window that hides its own ends."""
    spectrum, pitches = _spectrum(signal)
    return float((spectrum[pitches < limit] ** 2).sum() / len(signal) ** 2)


def decibels(ratio: float) -> float:
    """Return a ratio of powers in dB."""
    return float(10 * np.log10(ratio))


def phases_heard(sound: Signal) -> list[str]:
    """Return the phases in the order in which their tones lead, whenever that is."""
    leading = (_leading(window) for window in _windows(sound[:, SPEAKERS]))
    return [name for name, _ in groupby(name for name in leading if name)]


def bells_heard(sound: Signal) -> list[tuple[int, str | None]]:
    """Return each stroke of a bell, in order: its channel, and the phase that sounds with it."""
    music = [_leading(window) for window in _windows(sound[:, SPEAKERS])]
    strokes = [(at, output) for output in (SPEAKERS, STAFF) for at in _strokes(sound[:, output])]
    return [(channel, next(filter(None, music[at:]), None)) for at, channel in sorted(strokes)]


def _windows(signal: Signal) -> list[Signal]:
    whole = len(signal) // _WINDOW * _WINDOW
    return list(signal[:whole].reshape(-1, _WINDOW))


def _leading(window: Signal) -> str | None:
    """Return the phase whose tone is clearly the strongest; None in silence and amid a change."""
    strengths = {name: _strength(window, pitch) for name, pitch in TONES.items()}
    second, first = sorted(strengths, key=strengths.__getitem__)[-2:]
    is_clear = np.abs(window).max() > _SILENT and strengths[first] > _CLEAR * strengths[second]
    return first if is_clear else None


def _strength(window: Signal, pitch: float) -> float:
    """Return the amplitude of one pitch in a window."""
    return float(np.hypot(*(_probe(pitch) @ window)))


@cache
def _probe(pitch: float) -> Signal:
    """Return a wave of one pitch in both its phases."""
    angles = 2 * np.pi * pitch * np.arange(_WINDOW) / RATE
    return np.stack((np.cos(angles), np.sin(angles))) * np.hanning(_WINDOW)


def _strokes(signal: Signal) -> list[int]:
    """Return the windows in which the bell's strongest partial begins to sound."""
    partial = _strongest_partial()
    strengths = np.array([0.0, *(_strength(window, partial) for window in _windows(signal))])
    before, now = strengths[:-1], strengths[1:]
    strokes: list[int] = []
    for at in np.flatnonzero((now > _RISE * before) & (now > _STRONG * now.max())):
        if not strokes or at > strokes[-1] + _APART:
            strokes.append(int(at))
    return strokes


@cache
def _strongest_partial() -> float:
    spectrum, pitches = _spectrum(ring(BELL)[:RATE].astype(np.float64))
    return float(pitches[np.argmax(spectrum)])


def _spectrum(signal: Signal) -> tuple[Signal, Signal]:
    """Return a windowed signal's amplitudes, and their pitches (Hz)."""
    amplitudes = np.abs(np.fft.rfft(signal * np.hanning(len(signal)))).astype(np.float64)
    pitches = np.fft.rfftfreq(len(signal), 1 / RATE).astype(np.float64)
    return amplitudes, pitches
