"""Time stamps that outlive a process, by the boot clock and the wall clock."""

import time
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kacenv.core.units import Days, Seconds

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TIMESYNCD = Path("/run/systemd/timesync/synchronized")
_UNSYNCHRONISED = 5
"""TIME_ERROR of adjtimex(2)."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SAME = Seconds(2.0)
"""Tolerance within which clocks agree."""


class Timestamp(NamedTuple):
    """Time by the machine's clocks.

    `boot` counts seconds since the boot named `boot_id`, with time in suspend; `wall` is Unix
    time, which people and time servers may set.
    """

    boot_id: str
    boot: float
    wall: float


class ElapsedTime(NamedTuple):
    """Time between two stamps; `certain` unless no clock could be trusted."""

    span: Seconds
    certain: bool = True


def current_timestamp() -> Timestamp:
    """Return the present time."""
    return Timestamp(_boot_id(), time.clock_gettime(time.CLOCK_BOOTTIME), time.time())


def slept() -> Seconds:
    """Return the time in suspend since the machine's boot."""
    boot = time.clock_gettime(time.CLOCK_BOOTTIME)
    return Seconds(boot - time.clock_gettime(time.CLOCK_MONOTONIC))


def is_synchronised() -> bool:
    """Return True if the wall clock is synchronised; changes nothing.

    The kernel's state (adjtimex(2)) decides; a service that may not read it uses the file that
    systemd-timesyncd(8) creates once the time is right.
    """
    import ctypes  # noqa: PLC0415 - few who want a stamp ask this

    room = ctypes.create_string_buffer(512)
    try:
        by_kernel = int(ctypes.CDLL(None).adjtimex(room)) not in {-1, _UNSYNCHRONISED}
    except AttributeError:
        by_kernel = False
    return by_kernel or _TIMESYNCD.exists()


@cache
def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except OSError:
        return ""


def passed(before: Timestamp, after: Timestamp) -> ElapsedTime:
    """Return the time from `before` to `after`.

    Within one boot, the boot clock is right, whatever the wall clock has been set to. Across a
    reboot the wall clock is used, unless it shows less than the new boot's uptime, as on a machine
    without a battery for its clock: then at least the uptime has passed.
    """
    if before.boot_id and before.boot_id == after.boot_id:
        return ElapsedTime(Seconds(max(0.0, after.boot - before.boot)))
    by_wall = after.wall - before.wall
    if by_wall >= after.boot - _SAME:
        return ElapsedTime(Seconds(max(0.0, by_wall)))
    return ElapsedTime(Seconds(after.boot), certain=False)


def as_seen(moment: Timestamp, now: Timestamp) -> Timestamp:
    """Correct the wall time of an earlier stamp by the wall clock `now`, which may have been set.

    A stamp of an earlier boot is returned unchanged.
    """
    if not moment.boot_id or moment.boot_id != now.boot_id:
        return moment
    return moment._replace(wall=now.wall - passed(moment, now).span)


def day_of(moment: Timestamp, before: Seconds = Seconds(0.0)) -> str:
    """Return the local date `before` seconds earlier than `moment`: `2026-11-23`."""
    return datetime.fromtimestamp(moment.wall - before, UTC).astimezone().date().isoformat()


def day_after(day: str, days: Days) -> str:
    """Return the date `days` after `day`; at most the calendar's last one."""
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        return date.max.isoformat()


def day_in_words(day: str) -> str:
    """Return a date in words: `23 Nov 2026`."""
    there = date.fromisoformat(day)
    return f"{there.day} {_MONTHS[there.month - 1]} {there.year}"


def is_day(text: str) -> bool:
    """Return True if `text` is a date."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
