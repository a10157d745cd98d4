"""What a busy machine may do to a test in real time, and what it may not."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
TRIES = 5
TAKES = 3
AHEAD = 10
"""By how much a room's service goes ahead of other programs: `Nice=-10` in its unit."""
BUSY = 0.2
"""A machine is busy where something that could run waits for a processor for this share of time."""
_PRESSURE = Path("/proc/pressure/cpu")


@contextmanager
def ahead() -> Iterator[None]:
    """Programs and threads that begin here go ahead of others, as a room's service does.

    Where nobody may go ahead, they wait their turn.
    """
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, before - AHEAD)
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, before)


def least(measure: Callable[[], float], bound: float) -> float:
    """A measurement that is to be below `bound`: on a busy machine, the least of a few.

    There a figure is worse now and then, but a fault makes it worse every time.
    """
    figures: list[float] = []
    while len(figures) < TRIES and min(figures, default=bound) >= bound:
        disturbance = Disturbance()
        figures.append(measure())
        if not disturbance:
            break
    return min(figures)


class Disturbance:
    """True if the machine has been busy since this was made, or was just before.

    Linux counts in steps of two seconds. One that doesn't count may always have been busy.
    """

    def __init__(self) -> None:
        self._begun = time.monotonic()
        _, self._before = _waiting()

    def __bool__(self) -> bool:
        """Whether it has."""
        lately, waited = _waiting()
        span = time.monotonic() - self._begun
        return lately >= BUSY or waited - self._before >= BUSY * span


def _waiting() -> tuple[float, float]:
    """For what share of the last ten seconds something waited, and for how many seconds ever."""
    if not _PRESSURE.exists():
        return 1.0, 0.0
    words = dict(word.split("=") for word in _PRESSURE.read_text().splitlines()[0].split()[1:])
    return float(words["avg10"]) / 100, int(words["total"]) / 1e6


def retaken(take: Callable[[], T], is_whole: Callable[[T], bool]) -> T:
    """What `take` gives; taken again where it isn't whole and the machine was busy meanwhile."""
    for _ in range(TAKES - 1):
        disturbance = Disturbance()
        taken = take()
        if is_whole(taken) or not disturbance:
            return taken
    return take()


def undisturbed(test: Callable[P, T]) -> Callable[P, T]:
    """A test of real sound that is taken again if it fails while the machine was busy.

    Sound that comes through a sound server needs the processor in time. On a machine that has
    it to give, the first failure counts.
    """

    @wraps(test)
    def take(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(TAKES - 1):
            disturbance = Disturbance()
            try:
                return test(*args, **kwargs)
            except AssertionError:
                if not disturbance:
                    raise
        return test(*args, **kwargs)

    return take
