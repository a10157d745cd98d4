"""Processes of this machine: the name of this one, and the age of any."""

import ctypes
import os
import select
import sys
import time
from pathlib import Path
from typing import Final, NamedTuple

from kacenv.core.units import Seconds

_SET_NAME: Final = 15
"""PR_SET_NAME of prctl(2)."""
_OVER: Final = ("Z", "X")
"""States of processes that have ended."""
_USED, _STARTED, _WORDS, _WORDS_END = 11, 19, 45, 46
"""Fields of proc_pid_stat(5) after the process's name: utime, starttime, arg_start, arg_end."""


def name_process(title: str, short: str) -> None:
    """Name this process in `ps`: `title` before its own words, and `short` (15 bytes) in lists.

    Where the system doesn't let it, the process keeps its name.
    """
    ctypes.CDLL(None).prctl(_SET_NAME, short.encode(), 0, 0, 0)
    fields = _stat(os.getpid())
    begin, end = (int(fields[_WORDS]), int(fields[_WORDS_END])) if fields else (0, 0)
    shown = Path("/proc/self/cmdline").read_bytes()
    if begin and end - begin == len(shown) and ctypes.string_at(begin, len(shown)) == shown:
        ctypes.memmove(begin, _titled(title, len(shown)), len(shown))


def _titled(title: str, size: int) -> bytes:
    """Return the words that `ps` shows; the kernel looks for the zero at their end."""
    words = b"".join(b"\0" + os.fsencode(word) for word in sys.argv[1:])
    own = title.encode()[: max(0, size - 1 - len(words))]
    return (own + words)[: size - 1].ljust(size, b"\0")


def age_of(pid: int) -> Seconds | None:
    """Return how long a process has been there, the machine's sleep included; None if it's gone."""
    fields = _stat(pid)
    if not fields or fields[0] in _OVER:
        return None
    began = int(fields[_STARTED]) / os.sysconf("SC_CLK_TCK")
    return Seconds(max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - began))


class Activity(NamedTuple):
    """Activity of a process: its state, its time of the processor, and the bytes it has read."""

    state: str
    processor: Seconds
    read: int


def activity_of(pid: int) -> Activity | None:
    """Return what a process has done so far; None if it's gone or another user's."""
    fields = _stat(pid)
    try:
        first = Path(f"/proc/{pid}/io").read_text("ascii").partition("\n")[0]
    except OSError:
        first = ""
    if not fields:
        return None
    ticks = int(fields[_USED]) + int(fields[_USED + 1])
    processor = Seconds(ticks / os.sysconf("SC_CLK_TCK"))
    return Activity(fields[0], processor, int(first.rpartition(" ")[2] or 0))


def has_ended(process: int) -> bool:
    """Tell if the process of a pidfd has ended."""
    watch = select.poll()
    watch.register(process, select.POLLIN)
    return bool(watch.poll(0))


def _stat(pid: int) -> list[str]:
    """Return what the kernel says of a process after its name; empty if it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
