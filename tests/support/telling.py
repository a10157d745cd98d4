"""Noise that tells its own time: any piece of it is found again, to the millisecond."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

import numpy as np
import soundfile
from numpy.typing import NDArray

LENGTH: Final = 32.0
"""Length (s) of the noise."""
RATE: Final = 48_000
_EVERY: Final = 6
_DULL: Final = 4
"""Samples that are averaged: files of half the rate lose little of the noise's loudness."""
Wave = NDArray[np.float64]


def telling_noise() -> Wave:
    """Return the noise at 48 kHz, alike on both sides."""
    random = np.random.default_rng(16)
    slow = np.cumsum(random.standard_normal(round(LENGTH * RATE)))
    tilted = np.diff(slow, prepend=0.0) + 0.2 * (slow - _smooth(slow, 400))
    dull = _smooth(tilted, _DULL)
    wave: Wave = 0.1 * dull / dull.std()
    return wave


def write_noise(folder: Path) -> Path:
    """Write the noise as a WAV file at 44.1 kHz."""
    raw, path = folder / "raw.wav", folder / "noise.wav"
    soundfile.write(raw, np.repeat(telling_noise()[:, None], 2, axis=1), RATE)
    ffmpeg("-i", raw, "-ar", "44100", path)
    return path


def ffmpeg(*words: object, out: IO[bytes] | None = None) -> None:
    """Run FFmpeg's own program."""
    command = ["ffmpeg", "-v", "error", "-y", *map(str, words)]
    subprocess.run(command, check=True, stdout=out)


def join(target: Path, parts: Sequence[Path]) -> Path:
    """Write files one after another into one, byte by byte."""
    target.write_bytes(b"".join(part.read_bytes() for part in parts))
    return target


class Clock:
    """Tells where in the noise a piece of sound at 48 kHz is from."""

    def __init__(self) -> None:
        coarse = _coarse(telling_noise())
        self._size = 1 << (len(coarse) - 1).bit_length() + 1
        self._spectrum = np.fft.rfft(coarse, self._size)
        self._length = len(coarse)

    def place(self, heard: NDArray[np.float32]) -> float:
        """Return the place (s) in the noise of the first sample of `heard`."""
        piece = np.fft.rfft(_coarse(heard.astype(np.float64)), self._size)
        match = np.fft.irfft(self._spectrum * piece.conj(), self._size)
        best = int(match.argmax())
        return (best if best < self._length else best - self._size) * _EVERY / RATE


def _coarse(wave: Wave) -> Wave:
    """Return the wave at an eighth of a millisecond a sample, without its mean."""
    coarse: Wave = wave[: len(wave) // _EVERY * _EVERY].reshape(-1, _EVERY).mean(axis=1)
    coarse -= coarse.mean()
    return coarse


def _smooth(wave: Wave, width: int) -> Wave:
    total = np.cumsum(np.concatenate((np.zeros(width), wave)))
    smooth: Wave = (total[width:] - total[:-width]) / width
    return smooth
