"""Formats of frames are recorded as they pass."""

from fractions import Fraction

import numpy as np
from av.audio.frame import AudioFrame

from kacenv.analysis.frame_formats import FormatRecorder
from kacenv.analysis.sound_decoder import Decoded


def decoded(rate: int, layout: str) -> Decoded:
    """A frame of a constant, five seconds into its file's own time."""
    channels = 1 if layout == "mono" else 2
    made = AudioFrame.from_ndarray(
        np.full((channels, rate // 10), 0.25, np.float32), "fltp", layout
    )
    made.sample_rate, made.pts, made.time_base = rate, 5 * rate, Fraction(1, rate)
    return Decoded(0.0, made)


def test_every_form_is_recorded_once() -> None:
    """In the order in which they come; frames and errors pass as they are."""
    recorder = FormatRecorder()
    mixed = [
        decoded(44_100, "stereo"),
        Decoded(0.1, None),
        decoded(22_050, "mono"),
        decoded(44_100, "stereo"),
    ]
    assert list(recorder.recorded(mixed)) == mixed
    assert (list(recorder.rates), list(recorder.channels)) == ([44_100, 22_050], [2, 1])
    assert recorder.starts_at == 5.0


def test_a_second_decoding_begins_anew() -> None:
    """A meter that must begin again, as the form changes inside, leaves nothing of its first go."""
    recorder = FormatRecorder()
    list(recorder.recorded([decoded(44_100, "stereo")] * 50))
    list(recorder.recorded([decoded(8_000, "mono")]))
    assert (list(recorder.rates), list(recorder.channels)) == ([8_000], [1])
    assert recorder.landmarks.chosen(damaged=True) == []
