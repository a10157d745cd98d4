"""The soak's storms in short: lamps of every dialect, simulated and on a real broker."""

from pathlib import Path

import pytest
from soak.light_storm import LightStorm
from soak.lights import OutageRun, Verdict


def test_one_outage_leaves_no_lamp_wrong(tmp_path: Path) -> None:
    """Nothing stale is sent, nothing is too steep, and the look is back within two seconds."""
    verdict = OutageRun(tmp_path, seed=3, settle=3.0).run(1)
    assert verdict[1:4] == Verdict([], [], [], [], 0)[1:4]
    assert max(verdict.asserted) < 2.5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_twelve_lamps_in_ten_minutes_of_trouble(seed: int) -> None:
    """Hands, power cuts, refusals: no lamp wrong, no hand fought or unseen, no untrue word."""
    verdict = LightStorm(seed).run(600.0)
    assert verdict.faults == []
    assert verdict.hands > 0
    assert verdict.cuts > 0
