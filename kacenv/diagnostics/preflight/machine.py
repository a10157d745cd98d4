"""Probes of the machine: disk, clock and power."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from kacenv.diagnostics.doctor import machine_probes as doctors
from kacenv.diagnostics.finding import Finding, Severity

POWER = Path("/sys/class/power_supply")
LOW = 40
"""Charge in percent below which a session of three hours may lose power."""
_EARLIEST = 2026
"""Year before which a clock is surely wrong."""
_CHARGE = "Plug in the power supply, and see that the battery charges."


def machine() -> Iterator[Finding]:
    """Yield all findings; the disk comes last, as it alone may hang."""
    yield from clock()
    yield from power()
    yield from disk()


def disk() -> Iterator[Finding]:
    """Probe whether the session can be recorded, and the free space."""
    for finding in doctors.storage():
        todo = finding.todo.replace("kacenv doctor", "kacenv preflight")
        yield replace(finding, what="disk", todo=todo)


def clock(today: date | None = None) -> Iterator[Finding]:
    """Probe the clock, which resuming a session depends on."""
    year = (today or date.today()).year  # noqa: DTZ011 - what this machine shows people
    if year < _EARLIEST:
        todo = "Set it: timedatectl set-time; and keep it right: timedatectl set-ntp true"
        yield Finding("clock", f"says that it is {year}", Severity.WRONG, todo)
        return
    yield next(iter(doctors.clock()))


def power(folder: Path = POWER) -> Iterator[Finding]:
    """Probe mains power, or the battery's charge."""
    supplies = sorted(folder.iterdir()) if folder.is_dir() else []
    mains = [one for one in supplies if _said(one, "type") in {"Mains", "USB"}]
    batteries = [one for one in supplies if _is_own_battery(one)]
    plugged = any(_said(one, "online") == "1" for one in mains)
    draining = any(_said(one, "status") == "Discharging" for one in batteries)
    if not batteries:
        yield Finding("power", "mains; this machine has no battery")
    elif draining or (mains and not plugged):
        yield _on_battery(min(_percent(one) for one in batteries))
    else:
        yield Finding("power", f"mains; battery at {min(map(_percent, batteries))} %")


def _on_battery(percent: int) -> Finding:
    mark = Severity.WRONG if percent < LOW else Severity.NOTE
    return Finding("power", f"on battery, {percent} % left", mark, _CHARGE)


def _is_own_battery(supply: Path) -> bool:
    """Return False for the battery of a mouse or a headset (Linux, sysfs-class-power)."""
    return _said(supply, "type") == "Battery" and _said(supply, "scope") != "Device"


def _percent(battery: Path) -> int:
    said = _said(battery, "capacity")
    return int(said) if said.isdigit() else 0


def _said(supply: Path, name: str) -> str:
    try:
        return (supply / name).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
