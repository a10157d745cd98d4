"""Moments that outlive a process: how long the room was away, by the machine's two clocks."""

import time
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kacenv.units import Days, Seconds

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TIMESYNCD = Path("/run/systemd/timesync/synchronized")
_UNSYNCHRONISED = 5
"""TIME_ERROR of adjtimex(2)."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SAME = Seconds(2.0)
"""Clocks that differ by less agree."""


class Stamp(NamedTuple):
    """A moment as the machine knows it.

    `boot` counts seconds since the boot named `boot_id`, suspended ones too; `wall` is Unix
    time, which people and time servers set forward and back.
    """

    boot_id: str
    boot: float
    wall: float


class Passed(NamedTuple):
    """The time between two moments; `certain` unless no clock could be trusted."""

    span: Seconds
    certain: bool = True


def stamp() -> Stamp:
    """This moment."""
    return Stamp(_boot_id(), time.clock_gettime(time.CLOCK_BOOTTIME), time.time())


def slept() -> Seconds:
    """How long the machine has been suspended since it was started."""
    boot = time.clock_gettime(time.CLOCK_BOOTTIME)
    return Seconds(boot - time.clock_gettime(time.CLOCK_MONOTONIC))


def is_synchronised() -> bool:
    """Whether the clock on the wall is kept by a time server; nothing is changed.

    By what the kernel says (adjtimex(2)); a service that may not ask it takes what
    systemd-timesyncd(8) leaves once the time is right.
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


def passed(before: Stamp, after: Stamp) -> Passed:
    """How long it is from `before` to `after`.

    Within one boot its clock is right, whatever the wall clock has been set to. Across a
    reboot the wall clock must do, but it can't show less than the new boot has lasted; where
    it does, as on a machine without a battery for its clock, that much is known to have
    passed and no more.
    """
    if before.boot_id and before.boot_id == after.boot_id:
        return Passed(Seconds(max(0.0, after.boot - before.boot)))
    by_wall = after.wall - before.wall
    if by_wall >= after.boot - _SAME:
        return Passed(Seconds(max(0.0, by_wall)))
    return Passed(Seconds(after.boot), certain=False)


def as_seen(moment: Stamp, now: Stamp) -> Stamp:
    """An earlier moment by the wall clock as it is `now`, which may have been set since.

    As it was noted where the machine has been started anew since then.
    """
    if not moment.boot_id or moment.boot_id != now.boot_id:
        return moment
    return moment._replace(wall=now.wall - passed(moment, now).span)


def day_of(moment: Stamp, before: Seconds = Seconds(0.0)) -> str:
    """The day here, `before` seconds earlier than `moment`: `2026-11-23`."""
    return datetime.fromtimestamp(moment.wall - before, UTC).astimezone().date().isoformat()


def day_after(day: str, days: Days) -> str:
    """The day that comes `days` after `day`; the calendar's last one where there is none."""
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        return date.max.isoformat()


def day_in_words(day: str) -> str:
    """A day for people: `23 Nov 2026`."""
    there = date.fromisoformat(day)
    return f"{there.day} {_MONTHS[there.month - 1]} {there.year}"


def is_day(text: str) -> bool:
    """Whether `text` is a day of the calendar."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
