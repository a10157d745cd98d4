"""Calibration: trim and ceiling from a meter's reading."""

import pytest

from kacenv.core.errors import DeviceError
from kacenv.core.units import Decibels
from kacenv.devices.audio.calibration import calibrate, loudness_of, noise_level


def test_a_louder_room_gets_a_lower_trim() -> None:
    """Each dB more on the meter is one dB less trim and one dB more at the ceiling."""
    soft, loud = (calibrate(reading, Decibels(-6.0), 65.0) for reading in (60.0, 64.0))
    assert soft.trim - loud.trim == pytest.approx(4.0)
    assert loud.ceiling_spl - soft.ceiling_spl == pytest.approx(4.0)


def test_the_trim_makes_the_reference() -> None:
    """Where the noise as loud as -20 LUFS would read the reference, no trim is needed."""
    reading = 65.0 + loudness_of(Decibels(-30.0)) + 20.0
    found = calibrate(reading, Decibels(-3.0), 65.0)
    assert found.trim == pytest.approx(0.0, abs=0.05)
    assert found.ceiling_spl == pytest.approx(reading + 27.0)


def test_the_noise_stays_below_a_low_ceiling() -> None:
    """Noise is at -30 dBFS, or 15 dB below a ceiling that is lower than usual."""
    assert noise_level(Decibels(-3.0)) == -30.0
    assert noise_level(Decibels(-20.0)) == -35.0


@pytest.mark.parametrize(
    ("reading", "says"),
    [(12.0, "can't be right"), (40.0, "turn its amplifier up"), (110.0, "down")],
)
def test_what_can_not_be_is_refused(reading: float, says: str) -> None:
    """An absurd reading, or an amplifier far off, is told with what to do."""
    with pytest.raises(DeviceError, match=says):
        calibrate(reading, Decibels(-3.0), 65.0)
