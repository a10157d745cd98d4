"""Sound files made for a test."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
Wave = NDArray[np.float64]


def tone(seconds: float, level: float, hertz: float = 997.0) -> Wave:
    """A sine whose peaks lie at `level` dBFS."""
    count = round(seconds * RATE)
    curve: Wave = 10 ** (level / 20) * np.sin(2 * np.pi * hertz * np.arange(count) / RATE)
    return curve


def rest(seconds: float) -> Wave:
    """Silence."""
    return np.zeros(round(seconds * RATE))


def write_wav(path: Path, *parts: Wave, channels: int = 2) -> Path:
    """A 16-bit WAV file of the parts one after another; mono ones are alike in every channel."""
    pcm = np.concatenate([_pcm(part) for part in parts])
    whole = pcm if pcm.ndim > 1 else np.repeat(pcm[:, None], channels, axis=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(whole.tobytes())
    return path


def _pcm(part: Wave) -> NDArray[np.int16]:
    return np.round(part * 32767).clip(-32768, 32767).astype("<i2")
