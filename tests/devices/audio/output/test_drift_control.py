"""Drift control: slow corrections within narrow bounds, from rough measurements."""

from itertools import pairwise

import pytest

from kacenv.devices.audio.output.drift_control import DriftController, DriftEstimate
from kacenv.devices.audio.samples import RATE

SPAN = 0.03


@pytest.mark.parametrize("ahead", [-0.01 * RATE, 0.01 * RATE, 10.0 * RATE])
def test_the_pitch_never_jumps(ahead: float) -> None:
    """However far off a device is, its ratio stays within 0.3 % and turns slowly."""
    steering, ratios = DriftController(), [1.0]
    for _ in range(1000):
        steering.correct(ahead, SPAN)
        ratios.append(steering.ratio)
    assert max(abs(ratio - 1) for ratio in ratios) < 0.00301
    assert max(abs(b - a) for a, b in pairwise(ratios)) < 0.000501 * SPAN
    assert (ratios[-1] < 1) == (ahead > 0)
    for _ in range(1000):
        steering.return_to_unity(SPAN)
    assert steering.ratio == 1.0


def test_one_strange_measurement_is_passed_over_and_many_are_believed() -> None:
    """A late request changes nothing; a device that has stalled is measured anew."""
    phase = DriftEstimate()
    for _ in range(20):
        phase.add(100.0, SPAN)
    assert phase.settled
    phase.add(9000.0, SPAN)
    assert phase.settled
    assert phase.value == pytest.approx(100.0)
    for _ in range(5):
        phase.add(9000.0, SPAN)
    assert not phase.settled
    for _ in range(20):
        phase.add(9000.0, SPAN)
    assert phase.settled
    assert phase.value == pytest.approx(9000.0)
