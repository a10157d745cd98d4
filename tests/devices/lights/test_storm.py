"""The soak's storm in short: one broker failure, with lamps of every dialect."""

from pathlib import Path

from soak.lights import OutageRun, Verdict


def test_one_outage_leaves_no_lamp_wrong(tmp_path: Path) -> None:
    """Nothing stale is sent, nothing is too steep, and the look is back within two seconds."""
    verdict = OutageRun(tmp_path, seed=3, settle=3.0).run(1)
    assert verdict[1:4] == Verdict([], [], [], [], 0)[1:4]
    assert max(verdict.asserted) < 2.5
