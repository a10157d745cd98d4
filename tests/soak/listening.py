"""What an ear would mind in a recording: silences, and steps of level."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kacenv.devices.audio.samples import RATE, Block

FLOOR = -50.0
"""What is quieter (dBFS rms) counts as silence."""
_FINE, _WINDOW = RATE // 100, RATE // 20
Levels = NDArray[np.float64]


class Heard(NamedTuple):
    """The longest silence in seconds, the largest rise and the largest fall in dB.

    Each with where it is, in seconds. Only a rise can startle, but a fall is heard, too.
    """

    silence: float
    silent_at: float
    rise: float
    rise_at: float
    fall: float
    fall_at: float

    def __str__(self) -> str:
        """For the report."""
        return (
            f"longest silence {self.silence:.2f} s (at {self.silent_at:.0f} s), "
            f"within 50 ms the level rises by {self.rise:.1f} dB at most (at {self.rise_at:.0f} s) "
            f"and falls by {self.fall:.1f} dB (at {self.fall_at:.0f} s)"
        )


def levels(sound: Block, window: int = _WINDOW) -> Levels:
    """The level of each whole window, in dBFS rms over all channels."""
    whole = len(sound) // window * window
    shaped = sound[:whole].reshape(-1, window * sound.shape[1])
    power = np.einsum("ij,ij->i", shaped, shaped, dtype=np.float64) / max(1, shaped.shape[1])
    loudness: Levels = 10 * np.log10(np.maximum(power, 1e-12))
    return loudness


def listen(sound: Block) -> Heard:
    """Measure a recording of at least a tenth of a second; steps below `FLOOR` don't count."""
    quiet = levels(sound, _FINE) < FLOOR
    length, end = _longest_run(quiet)
    changes = np.diff(np.maximum(levels(sound), FLOOR))
    rise, fall = int(changes.argmax()), int(changes.argmin())
    return Heard(
        silence=length / 100,
        silent_at=(end - length) / 100,
        rise=float(changes[rise]),
        rise_at=(rise + 1) / 20,
        fall=-float(changes[fall]),
        fall_at=(fall + 1) / 20,
    )


def first_sound(sound: Block) -> float | None:
    """When the first sound above `FLOOR` comes, in seconds; None if there is none."""
    loud = np.flatnonzero(levels(sound, _FINE) >= FLOOR)
    return float(loud[0]) / 100 if len(loud) else None


def _longest_run(quiet: NDArray[np.bool_]) -> tuple[int, int]:
    """Length and end of the longest run of True."""
    places = np.arange(1, len(quiet) + 1)
    runs = places - np.maximum.accumulate(np.where(quiet, 0, places))
    end = int(runs.argmax()) + 1 if len(runs) else 0
    return (int(runs[end - 1]), end) if end else (0, 0)
