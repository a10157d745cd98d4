"""Verdicts and measurements of tracks that nobody has to decode."""

from typing import Any

from kacenv.analysis import Measurement
from kacenv.analysis.verdict import SoundFormat, Verdict
from kacenv.core.units import Decibels, Seconds


def a_measurement(**changes: Any) -> Measurement:
    """An ordinary track of three minutes, but for `changes`."""
    usual: dict[str, Any] = {
        "loudness": -18.0,
        "true_peak": Decibels(-6.0),
        "loudness_range": 5.0,
        "rise": 2.0,
        "sudden": 5.0,
        "sudden_at": Seconds(30.0),
        "head": Seconds(0.0),
        "tail": Seconds(0.0),
        "duration": Seconds(180.0),
    }
    return Measurement(**(usual | changes))


def a_verdict(sound: Measurement | None = None, **changes: Any) -> Verdict:
    """An ordinary verdict on an ordinary track, or on one of this sound."""
    form = SoundFormat(**({"kind": "wav", "codec": "pcm_s16le", "rates": "48000"} | changes))
    return Verdict(sound or a_measurement(), form=form)
