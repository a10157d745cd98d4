"""Clocks: the machine's monotonic clock, or a simulated one."""

import time
from typing import Protocol

from kacenv.core.units import Seconds


class Clock(Protocol):
    """Monotonic clock of a room."""

    @property
    def rate(self) -> float:
        """Seconds of this clock per real second; 0 if stopped."""
        ...

    def now(self) -> Seconds:
        """Return the seconds since this clock's zero."""
        ...

    def jump(self, span: Seconds) -> None:
        """Advance by `span` at once; it may not be negative."""


class MonotonicClock:
    """Machine's monotonic clock, which starts at `reading`."""

    rate = 1.0

    def __init__(self, reading: Seconds = Seconds(0.0)) -> None:
        self._start = time.monotonic() - reading

    def now(self) -> Seconds:
        """Return the seconds since this clock's zero; time in suspend doesn't count."""
        return Seconds(time.monotonic() - self._start)

    def jump(self, span: Seconds) -> None:
        """Advance by `span` at once, as after a suspend."""
        self._start -= span


class SimClock:
    """Clock for rehearsals and tests: it runs at `rate`, and can be advanced.

    `rate` is simulated seconds per real second; 0 stands still between calls of `jump`.
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
        """Return the simulated seconds since this clock's zero."""
        return Seconds(self._base + self._rate * (time.monotonic() - self._since))

    def jump(self, span: Seconds) -> None:
        """Advance by `span` at once; it may not be negative."""
        if span < 0:
            msg = f"a clock can't go back, asked for {span} s"
            raise ValueError(msg)
        self._base = Seconds(self._base + span)
