"""Formats of frames are recorded, and changes within a file are evened out."""

from fractions import Fraction

import numpy as np
import pytest
from av.audio.frame import AudioFrame

from kacenv.analysis.frame_formats import FormatRecorder


def frame(rate: int, layout: str, seconds: float = 0.1) -> AudioFrame:
    """A frame of a constant."""
    channels = 1 if layout == "mono" else 2
    sound = np.full((channels, round(rate * seconds)), 0.25, np.float32)
    made = AudioFrame.from_ndarray(sound, "fltp", layout)
    made.sample_rate, made.pts, made.time_base = rate, 5 * rate, Fraction(1, rate)
    return made


def test_changes_are_recorded_and_evened_out() -> None:
    """What comes later has the first frame's form, and lasts as long; errors pass."""
    recorder = FormatRecorder()
    mixed = [frame(44_100, "stereo"), None, *[frame(22_050, "mono")] * 5, frame(44_100, "stereo")]
    even = list(recorder.alike(mixed))
    assert even.count(None) == 1
    alike = [one for one in even if one is not None]
    assert {(one.sample_rate, one.layout.name) for one in alike} == {(44_100, "stereo")}
    assert sum(one.samples for one in alike) == pytest.approx(7 * 4410, abs=4)
    assert (list(recorder.rates), list(recorder.channels)) == ([44_100, 22_050], [2, 1])
    assert recorder.starts_at == 5.0


def test_what_never_changes_passes_as_it_is() -> None:
    """The very frames, at no cost."""
    whole = [frame(8000, "mono") for _ in range(3)]
    assert list(FormatRecorder().alike(whole)) == whole
