"""Where time comes from: the machine's monotonic clock, or a simulated one."""

import time
from typing import Protocol

from kacenv.units import Seconds


class Clock(Protocol):
    """Something that tells the room's time; it never goes back."""

    @property
    def rate(self) -> float:
        """Seconds of this clock per real second; 0 for one that stands still."""
        ...

    def now(self) -> Seconds:
        """Seconds since this clock's own beginning."""
        ...

    def jump(self, span: Seconds) -> None:
        """Go forward at once by `span`; a clock never goes back."""


class MonotonicClock:
    """The machine's monotonic clock, which shows `reading` at the moment this one is made."""

    rate = 1.0

    def __init__(self, reading: Seconds = Seconds(0.0)) -> None:
        self._start = time.monotonic() - reading

    def now(self) -> Seconds:
        """Seconds since this clock's own beginning; the machine's sleep doesn't count."""
        return Seconds(time.monotonic() - self._start)

    def jump(self, span: Seconds) -> None:
        """Go forward at once by `span`, as after the machine's sleep."""
        self._start -= span


class SimClock:
    """A clock for rehearsals and tests: it runs at `rate` and can `jump`.

    `rate` is simulated seconds per real second; 0 stands still between jumps.
    """

    def __init__(self, rate: float = 0.0, reading: Seconds = Seconds(0.0)) -> None:
        self._rate = rate
        self._base = reading
        self._since = time.monotonic()

    @property
    def rate(self) -> float:
        """Simulated seconds per real second."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        self._base, self._since, self._rate = self.now(), time.monotonic(), rate

    def now(self) -> Seconds:
        """Simulated seconds since this clock was made."""
        return Seconds(self._base + self._rate * (time.monotonic() - self._since))

    def jump(self, span: Seconds) -> None:
        """Go forward at once by `span`; a clock never goes back."""
        if span < 0:
            msg = f"a clock can't go back, asked for {span} s"
            raise ValueError(msg)
        self._base = Seconds(self._base + span)
