"""A level that follows orders in time, such as a volume or the duck under a chime."""

import math
from collections import deque
from dataclasses import dataclass

from kacenv.audio.envelope import SHORTEST
from kacenv.fades import Fade
from kacenv.units import Decibels, Seconds, amplitude

SILENT = Decibels(-90.0)
"""This level and all below mean no sound at all."""


@dataclass(frozen=True, slots=True)
class _Order:
    level: Decibels
    at: Seconds
    duration: Seconds


class Dial:
    """A level in dB. An order begins at its time, or late from wherever the level then is."""

    def __init__(self, level: Decibels = Decibels(0.0)) -> None:
        self._fade = Fade.steady(level)
        self._orders: deque[_Order] = deque()

    def turn(self, level: Decibels, at: Seconds, duration: Seconds) -> None:
        """Fade to `level` from `at` on; orders for `at` or later are forgotten."""
        while self._orders and self._orders[-1].at >= at:
            self._orders.pop()
        order = _Order(max(level, SILENT), at, Seconds(max(duration, SHORTEST)))
        self._orders.append(order)

    def level_at(self, time: Seconds) -> Decibels:
        """The level at `time` in dB; never ask for a time before the one asked last."""
        while self._orders and self._orders[0].at <= time:
            self._begin(self._orders.popleft(), time)
        return Decibels(self._fade.value_at(time))

    def gain_at(self, time: Seconds) -> float:
        """The factor on samples at `time`."""
        level = self.level_at(time)
        return amplitude(level) if level > SILENT else 0.0

    def _begin(self, order: _Order, time: Seconds) -> None:
        """A late order keeps its whole length, so that it is never steeper than meant."""
        self._fade = self._fade.toward(order.level, time, order.duration)
        if math.isclose(self._fade.origin, order.level, abs_tol=1e-9):
            self._fade = Fade.steady(order.level)
