"""Test signals: a soft tone to check the channels, and pink noise to measure a room."""

import numpy as np
from numpy.typing import NDArray

from kacenv.core.units import Decibels, Seconds, amplitude
from kacenv.devices.audio.samples import RATE, Block, frames_in

LOWEST, HIGHEST = 20.0, 20_000.0
"""Band of the pink noise (Hz)."""
_PITCH = 440.0
_EDGE = Seconds(0.4)


def soft_tone(span: Seconds, peak: Decibels) -> Block:
    """Return a stereo sine of 440 Hz with raised-cosine edges; `peak` in dBFS."""
    time = np.arange(frames_in(span)) / RATE
    inside = np.clip(np.minimum(time, span - time) / _EDGE, 0.0, 1.0)
    wave = np.sin(2 * np.pi * _PITCH * time) * (1 - np.cos(np.pi * inside)) / 2
    tone: Block = np.repeat(wave[:, None] * amplitude(peak), 2, axis=1).astype(np.float32)
    return tone


def pink_noise(span: Seconds, level: Decibels, seed: int) -> Block:
    """Return stereo pink noise with independent channels, for seamless looping.

    Its power falls by 3 dB per octave within `LOWEST` and `HIGHEST` and is 0 outside; `level` is
    the rms of each channel in dBFS. The same seed gives the same noise.
    """
    random = np.random.default_rng(seed)
    frames = frames_in(span)
    pitches = np.fft.rfftfreq(frames, 1 / RATE)
    inside = (pitches >= LOWEST) & (pitches <= HIGHEST)
    strengths = np.where(inside, 1 / np.sqrt(np.maximum(pitches, LOWEST)), 0.0)
    phases = random.uniform(0, 2 * np.pi, (len(pitches), 2))
    wave = np.fft.irfft(strengths[:, None] * np.exp(1j * phases), frames, axis=0)
    noise: Block = (wave * amplitude(level) / np.sqrt(np.mean(wave**2, axis=0))).astype(np.float32)
    return noise


def k_weighting_of_pink() -> Decibels:
    """Return the change of the noise's level by the K-weighting of ITU-R BS.1770-4 (annex 1)."""
    pitches = np.geomspace(LOWEST, HIGHEST, 4000)
    turn = np.exp(-2j * np.pi * pitches / RATE)
    gain = _filter(_SHELF, turn) * _filter(_HIGH_PASS, turn)
    return Decibels(10 * np.log10(np.mean(np.abs(gain) ** 2)))


_Coefficients = tuple[tuple[float, ...], tuple[float, ...]]
_SHELF: _Coefficients = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (1.0, -1.69065929318241, 0.73248077421585),
)
_HIGH_PASS: _Coefficients = (
    (1.0, -2.0, 1.0),
    (1.0, -1.99004745483398, 0.99007225036621),
)


def _filter(coefficients: _Coefficients, turn: NDArray[np.complex128]) -> NDArray[np.complex128]:
    above, below = (sum(c * turn**n for n, c in enumerate(part)) for part in coefficients)
    return np.asarray(above / below)
