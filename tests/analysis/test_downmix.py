from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from numpy.typing import NDArray

from kacenv.analysis.downmix import StereoConverter, converts

RATE = 48_000
ROOT = 0.5**0.5
SCALE = 1 / (1 + 2 * ROOT)
MATRIX = {
    "front left": (0, (SCALE, 0.0)),
    "front right": (1, (0.0, SCALE)),
    "centre": (2, (ROOT * SCALE, ROOT * SCALE)),
    "LFE": (3, (0.0, 0.0)),
    "rear left": (4, (ROOT * SCALE, 0.0)),
    "rear right": (5, (0.0, ROOT * SCALE)),
}
"""What of each channel of 5.1 is heard left and right, by ITU-R BS.775."""
LAYOUTS = ("3.0", "2.1", "quad", "5.0", "5.1", "5.1(side)", "6.1", "7.1", "7.1(wide)", "hexagonal")


def frame(levels: Sequence[float], layout: str, rate: int = RATE, count: int = 4800) -> AudioFrame:
    """Return a frame whose channels stand at these levels."""
    data = np.tile(np.array(levels, np.float32), count)[None, :]
    made = AudioFrame.from_ndarray(data, "flt", layout)
    made.sample_rate = rate
    return made


def stereo(*frames: AudioFrame, kind: str = "flt") -> NDArray[np.float64]:
    """Convert frames; return samples of shape (n, 2)."""
    converter = StereoConverter(kind, RATE)
    made = [part for one in (*frames, None) for part in converter.convert(one)]
    return np.concatenate([part.to_ndarray().reshape(-1, 2) for part in made]).astype(np.float64)


@pytest.mark.parametrize("name", MATRIX)
def test_each_channel_is_mixed_as_the_standard_says(name: str) -> None:
    """Centre and surrounds at -3 dB, no LFE, all of it scaled to hold the loudest."""
    channel, heard = MATRIX[name]
    levels = [0.0] * 6
    levels[channel] = 1.0
    assert stereo(frame(levels, "5.1"))[2000] == pytest.approx(heard, abs=1e-4)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_clips(layout: str) -> None:
    """All channels at full scale are full scale, or less."""
    levels = [1.0] * AudioLayout(layout).nb_channels
    assert stereo(frame(levels, layout)).max() <= 1.0001


def test_mono_is_heard_on_both_sides_at_its_own_level() -> None:
    """Not 3 dB softer."""
    assert stereo(frame([0.5], "mono"))[2000] == pytest.approx((0.5, 0.5))


def test_stereo_stays_as_it_is() -> None:
    """To the sample."""
    heard = stereo(frame([0.25, -0.5], "stereo"))
    assert len(heard) == 4800
    assert (heard == (0.25, -0.5)).all()


def test_a_form_that_changes_goes_on_without_a_gap() -> None:
    """Half the rate, then one channel, then six: all that was given comes out."""
    heard = stereo(
        frame([0.5, 0.5], "stereo"),
        frame([0.5, 0.5], "stereo", RATE // 2, 2400),
        frame([0.5], "mono"),
        frame([0.5] * 6, "5.1"),
    )
    assert len(heard) == pytest.approx(4 * 4800, abs=2)
    assert heard[[2400, 7200, 12000, 16800]] == pytest.approx(np.full((4, 2), 0.5), abs=1e-3)


def test_nothing_comes_of_nothing() -> None:
    """The end of a sound that never began is silent."""
    assert list(StereoConverter("s16", RATE).convert(None)) == []


@pytest.mark.parametrize(
    ("layout", "is_so"), [("mono", True), ("stereo", True), ("7.1", True), ("9 channels", False)]
)
def test_what_cannot_be_mixed_is_told(layout: str, is_so: bool) -> None:
    """Nobody knows where nine channels are; damage has frames say that they hold so many."""
    one = AudioFrame("flt", layout, 480)
    one.sample_rate, one.time_base = RATE, Fraction(1, RATE)
    assert converts(one) is is_so


@pytest.mark.parametrize(
    ("rate", "is_so"),
    [(1, False), (999, False), (4000, True), (2_822_400, True), (10**9, False)],
)
def test_rates_that_no_music_has_are_told(rate: int, is_so: bool) -> None:
    """From telephones to DSD all are music's; a damaged head can say anything."""
    one = AudioFrame("s16", "mono", 480)
    one.sample_rate, one.time_base = rate, Fraction(1, rate)
    assert converts(one) is is_so
