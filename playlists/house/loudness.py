"""Loudness of finished sound, measured by ffmpeg's `ebur128` filter (EBU R 128)."""

import re
import subprocess
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE = 48_000
HOP = 0.1
WINDOW = 3.0

_FILTER = "ebur128=peak=true:metadata=1,ametadata=mode=print:file=-"


@dataclass(frozen=True)
class Loudness:
    """Integrated loudness in LUFS, true peak in dBTP, and the short-term course in LUFS.

    The course has one value each `HOP` seconds; the first belongs to the first full `WINDOW`.
    """

    integrated: float
    true_peak: float
    short_term: NDArray[np.float64]

    @property
    def steepest(self) -> float:
        """Largest change of short-term loudness within one second, in LU."""
        second = round(1.0 / HOP)
        return max(
            float(np.abs(self.short_term[lag:] - self.short_term[:-lag]).max())
            for lag in range(1, second + 1)
        )


def measure(samples: Samples) -> Loudness:
    """Measure stereo sound of 48 kHz, shaped (frames, 2)."""
    source = ["-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", "-"]
    done = subprocess.run(
        ["ffmpeg", "-hide_banner", "-nostats", *source, "-af", _FILTER, "-f", "null", "/dev/null"],
        input=samples.astype("<f4").tobytes(),
        capture_output=True,
        check=True,
    )
    course = _values(done.stdout, b"S")
    full = round(WINDOW / HOP) - 1
    peak = re.findall(rb"Peak:\s+(\S+) dBFS", done.stderr)[-1]
    return Loudness(float(_values(done.stdout, b"I")[-1]), float(peak), course[full:])


def _values(report: bytes, key: bytes) -> NDArray[np.float64]:
    found = re.findall(rb"lavfi\.r128\." + key + rb"=(\S+)", report)
    return np.array([float(value) for value in found])
