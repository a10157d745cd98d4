"""What a busy machine may do to a test in real time, and what it may not."""

import math
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
    """The least of a few measurements; the first below `bound` is enough.

    A busy machine makes a figure worse now and then, a fault makes it worse every time.
    """
    figures: list[float] = []
    while len(figures) < TRIES and min(figures, default=bound) >= bound:
        figures.append(measure())
    return min(figures)


class Disturbance:
    """How busy the machine has been since this was made, with whatever runs on it."""

    def __init__(self) -> None:
        self._begun, self._before = time.monotonic(), _waited()

    @property
    def share(self) -> float:
        """For what share of the time something waited; 1 on a Linux that doesn't say."""
        waited = _waited() - self._before
        return 1.0 if math.isnan(waited) else waited / (time.monotonic() - self._begun)


def _waited() -> float:
    """Seconds for which something has waited since the machine was started."""
    if not _PRESSURE.exists():
        return math.nan
    return int(_PRESSURE.read_text().split()[4].removeprefix("total=")) / 1e6


def retaken(take: Callable[[], T], is_whole: Callable[[T], bool]) -> T:
    """What `take` gives; taken again where it isn't whole and the machine was busy meanwhile."""
    for _ in range(TAKES - 1):
        disturbance = Disturbance()
        taken = take()
        if is_whole(taken) or disturbance.share < BUSY:
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
                if disturbance.share < BUSY:
                    raise
        return test(*args, **kwargs)

    return take
