"""Absurd samples: what no music holds, and would be noise at full level from a loudspeaker.

They come of damage, and of samples that are written in another scale or order than is said.
"""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from kacenv.analysis.frame_samples import planes_of
from kacenv.core.units import Seconds

ABSURD: Final = (
    "its samples lie far beyond full scale; is it damaged? copy it again, or export it as FLAC"
)
MOST: Final = 16.0
"""Greatest amplitude (full scale is 1) of a sample that is believed: 24 dB above full scale."""
END: Final = Seconds(1.0)
"""Length (s) of absurd samples in a row after which nothing more of a piece is believed."""


def is_absurd(samples: NDArray[Any]) -> bool:
    """Tell if one of these samples is far beyond full scale, infinite or no number."""
    if samples.dtype.kind != "f" or not samples.size:
        return False
    if np.vdot(samples, samples) <= MOST**2:  # nearly always, and three times as fast
        return False
    return not (samples.max() <= MOST and samples.min() >= -MOST)


class SampleCheck:
    """Check of a piece's consecutive samples, of which absurd ones are to be left out."""

    def __init__(self) -> None:
        self.found = False
        """True once there were absurd samples."""
        self._row = 0.0

    @property
    def is_over(self) -> bool:
        """Tell if so many were absurd in a row that the piece ends there."""
        return self._row >= END

    def passes(self, samples: Iterable[NDArray[Any]], span: float) -> bool:
        """Tell if the next samples are to be heard, some arrays that last `span` s together."""
        if not any(map(is_absurd, samples)):
            self._row = 0.0
            return True
        self.found = True
        self._row += span
        return False

    def passes_frame(self, frame: AudioFrame) -> bool:
        """Tell if the next frame is to be heard."""
        is_float = frame.format.name.startswith(("flt", "dbl"))
        return not is_float or self.passes(planes_of(frame), frame.samples / frame.sample_rate)
