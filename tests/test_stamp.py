"""How long the room was away, by clocks that people set and batteries forget."""

from kacenv.stamp import Stamp, passed, slept, stamp

BEFORE = Stamp("first", 5000.0, 1_800_000_000.0)


def test_within_one_boot_the_wall_clock_does_not_matter() -> None:
    """Set back by a day, it changes nothing."""
    after = Stamp("first", 5002.5, BEFORE.wall - 86400)
    assert passed(BEFORE, after) == (2.5, True)


def test_across_a_reboot_the_wall_clock_counts() -> None:
    """A minute for a reboot is a minute away."""
    assert passed(BEFORE, Stamp("second", 20.0, BEFORE.wall + 60)) == (60.0, True)


def test_a_clock_without_a_battery_is_not_believed() -> None:
    """It shows a time before the crash: as long as the machine has been up is known, no more."""
    assert passed(BEFORE, Stamp("second", 20.0, BEFORE.wall - 30)) == (20.0, False)


def test_a_machine_knows_its_moment() -> None:
    """Two moments in a row are of one boot and in order."""
    first, second = stamp(), stamp()
    assert first.boot_id == second.boot_id != ""
    assert 0 <= passed(first, second).span < 1
    assert slept() >= -0.001
