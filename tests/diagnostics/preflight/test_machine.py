"""Power, clock and disk, as Linux tells of them."""

import os
from datetime import date
from pathlib import Path

import pytest

from kacenv.diagnostics.doctor import machine_probes as doctors
from kacenv.diagnostics.finding import Finding, Severity
from kacenv.diagnostics.preflight.machine import clock, disk, machine, power


def supply(folder: Path, name: str, **files: str) -> None:
    """A power supply as the kernel shows it."""
    (folder / name).mkdir()
    for key, value in files.items():
        (folder / name / key).write_text(f"{value}\n")


def seen(folder: Path) -> Finding:
    """What there is to say of the power."""
    (finding,) = power(folder)
    return finding


def test_a_machine_without_a_battery_is_on_mains(tmp_path: Path) -> None:
    """Nothing to do, with or without the kernel's folder; a mouse's battery is none."""
    supply(tmp_path, "mouse", type="Battery", scope="Device", capacity="3", status="Discharging")
    for folder in (tmp_path, tmp_path / "nowhere"):
        assert seen(folder).mark is Severity.FINE


@pytest.mark.parametrize(
    ("online", "status", "capacity", "mark"),
    [
        ("1", "Charging", "30", Severity.FINE),
        ("1", "Full", "100", Severity.FINE),
        ("0", "Discharging", "90", Severity.NOTE),
        ("0", "Discharging", "39", Severity.WRONG),
        ("1", "Discharging", "39", Severity.WRONG),
        ("0", "Unknown", "40", Severity.NOTE),
        ("0", "Discharging", "?", Severity.WRONG),
    ],
)
def test_on_battery(
    tmp_path: Path, online: str, status: str, capacity: str, mark: Severity
) -> None:
    """On battery is noted; with less than 40 % nobody begins three hours."""
    supply(tmp_path, "AC", type="Mains", online=online)
    supply(tmp_path, "BAT0", type="Battery", capacity=capacity, status=status)
    found = seen(tmp_path)
    assert found.mark is mark
    assert bool(found.todo) is (mark is not Severity.FINE)


def test_a_clock_without_sense_is_no_go() -> None:
    """A board whose clock has lost its battery wakes in another year."""
    (lost,) = clock(date(1970, 1, 1))
    assert (lost.mark, lost.found) == (Severity.WRONG, "says that it is 1970")
    (right,) = clock(date(2027, 1, 1))
    assert right.mark in {Severity.FINE, Severity.NOTE}


def test_a_full_disk_is_no_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """50 MB are too few, 500 MB are noted; the doctor's own words lead to preflight."""
    monkeypatch.setattr(doctors, "_SERVICE", tmp_path / "nowhere")
    monkeypatch.setenv("KACENV_STATE", str(tmp_path))
    real = os.statvfs(tmp_path)
    for free, mark in ((50, Severity.WRONG), (500, Severity.NOTE), (5000, Severity.FINE)):
        fields = list(real)
        fields[0:2] = [1000, 1000]
        fields[2:5] = [10_000_000, free * 1000, free * 1000]
        fields[8] = 0
        low = os.statvfs_result(fields)
        monkeypatch.setattr(os, "statvfs", lambda _path, low=low: low)
        (found,) = disk()
        assert (found.what, found.mark) == ("disk", mark)


def test_the_whole_machine_is_looked_at() -> None:
    """Each part once; the disk, which may hang, at the end."""
    assert [one.what for one in machine()] == ["clock", "power", "disk"]
