"""Moments that outlive a process: how long the room was away, by the machine's two clocks."""

import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kacenv.units import Seconds

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
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
