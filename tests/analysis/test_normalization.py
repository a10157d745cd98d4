import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.measurements import a_measurement

from kacenv.analysis import Measurement
from kacenv.analysis.normalization import heard, levelled
from kacenv.core.units import Decibels


def measured(loudness: float | None, true_peak: float) -> Measurement:
    """A track so loud."""
    return a_measurement(loudness=loudness, true_peak=Decibels(true_peak))


@pytest.mark.parametrize(
    ("own", "sound", "gain"),
    [
        pytest.param(0.0, measured(-12.0, 0.0), -8.0, id="a loud track is turned down"),
        pytest.param(0.0, measured(-26.0, -12.0), 6.0, id="a soft one is turned up"),
        pytest.param(-3.0, measured(-12.0, 0.0), -11.0, id="the playlist's own gain is added"),
        pytest.param(-3.0, None, -3.0, id="without a measurement it alone counts"),
        pytest.param(0.0, measured(None, -80.0), 0.0, id="silence has no loudness to level"),
        pytest.param(0.0, measured(-60.0, -50.0), 24.0, id="24 dB is the most"),
    ],
)
def test_every_track_comes_to_the_reference(
    own: float, sound: Measurement | None, gain: float
) -> None:
    """A track is levelled to -20 LUFS, as far as it can be."""
    assert levelled(Decibels(own), sound) == gain


@given(st.floats(-90.0, 24.0), st.none() | st.floats(-69.9, 10.0), st.floats(-120.0, 30.0))
def test_true_peak_never_passes_the_ceiling(
    own: float, loudness: float | None, true_peak: float
) -> None:
    """Whatever is measured and wished, the peak stays at or below -1 dBTP, the gain below 24 dB."""
    gain = levelled(Decibels(own), measured(loudness, true_peak))
    assert true_peak + gain <= -1.0 + 1e-9
    assert gain <= 24.0


def test_silent_ends_are_left_out() -> None:
    """Silence beyond a tenth of a second isn't played, less is left as it is."""
    assert heard(a_measurement(head=2.0, tail=3.0, duration=60.0)) == (2.0, 57.0)
    assert heard(a_measurement(head=0.1, tail=0.05, duration=60.0)) == (0.0, 60.0)


def test_silent_file_is_left_whole() -> None:
    """Nothing would be left of a file that is silent all through."""
    silent = a_measurement(loudness=None, true_peak=-120.0, head=60.0, duration=60.0)
    assert heard(silent) == (0.0, 60.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"loudness": float("nan")},
        {"loudness": -200.0},
        {"true_peak": float("inf")},
        {"true_peak": "loud"},
        {"duration": 0.0},
        {"head": -1.0},
        {"head": 100.0, "tail": 100.0},
    ],
)
def test_impossible_measurements_are_refused(changes: dict[str, object]) -> None:
    """Figures that no measurement gives never reach a fader."""
    with pytest.raises(ValueError, match="not a measurement"):
        a_measurement(**changes)
