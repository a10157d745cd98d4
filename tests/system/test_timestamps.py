"""How long the room was away, by clocks that people set and batteries forget."""

import time
from pathlib import Path

import pytest

from kacenv.core.units import Days, Seconds
from kacenv.system.timestamps import (
    Timestamp,
    as_seen,
    current_timestamp,
    day_after,
    day_in_words,
    day_of,
    is_day,
    is_synchronised,
    passed,
    slept,
)

BEFORE = Timestamp("first", 5000.0, 1_800_000_000.0)


def test_within_one_boot_the_wall_clock_does_not_matter() -> None:
    """Set back by a day, it changes nothing."""
    after = Timestamp("first", 5002.5, BEFORE.wall - 86400)
    assert passed(BEFORE, after) == (2.5, True)


def test_across_a_reboot_the_wall_clock_counts() -> None:
    """A minute for a reboot is a minute away."""
    assert passed(BEFORE, Timestamp("second", 20.0, BEFORE.wall + 60)) == (60.0, True)


def test_a_clock_without_a_battery_is_not_believed() -> None:
    """It shows a time before the crash: as long as the machine has been up is known, no more."""
    assert passed(BEFORE, Timestamp("second", 20.0, BEFORE.wall - 30)) == (20.0, False)


def test_a_machine_knows_its_moment() -> None:
    """Two moments in a row are of one boot and in order."""
    first, second = current_timestamp(), current_timestamp()
    assert first.boot_id == second.boot_id != ""
    assert 0 <= passed(first, second).span < 1
    assert slept() >= -0.001


def test_a_clock_that_was_set_since_dates_what_was_before() -> None:
    """Within one boot; across a reboot nobody knows better than what was noted."""
    noted = Timestamp("first", 5000.0, 86_400.0)
    now = Timestamp("first", 5060.0, 1_800_000_060.0)
    assert as_seen(noted, now) == Timestamp("first", 5000.0, 1_800_000_000.0)
    for other in (now._replace(boot_id="second"), now._replace(boot_id="")):
        assert as_seen(noted, other) == noted
    assert as_seen(noted._replace(boot_id=""), now._replace(boot_id="")).wall == noted.wall


def test_a_time_server_may_be_asked_after(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By the file that systemd leaves, where the kernel may not be asked."""
    monkeypatch.setattr("ctypes.CDLL", lambda _: object())
    monkeypatch.setattr("kacenv.system.timestamps._TIMESYNCD", tmp_path / "synchronized")
    assert not is_synchronised()
    (tmp_path / "synchronized").touch()
    assert is_synchronised()


@pytest.mark.parametrize(("zone", "day"), [("UTC", "2027-01-15"), ("UTC+12", "2027-01-14")])
def test_a_day_is_the_one_of_the_place(zone: str, day: str) -> None:
    """And may be that of some time before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        shown = day_of(BEFORE), day_of(BEFORE, Seconds(86_400.0))
    time.tzset()
    assert shown[0] == day
    assert day_after(shown[1], Days(1)) == day


def test_days_are_counted_and_named() -> None:
    """Over the end of a year, and never beyond the calendar's own."""
    assert day_after("2026-12-23", Days(30)) == "2027-01-22"
    assert day_after("9999-12-30", Days(3650)) == "9999-12-31"
    assert day_in_words("2026-12-03") == "3 Dec 2026"
    assert [is_day(text) for text in ("2026-12-03", "2026-13-03", "20261203", "")] == [
        *(True, False, False, False),
    ]
