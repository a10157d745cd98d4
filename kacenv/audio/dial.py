"""Values that follow orders in time: a level in dB such as a volume, and a gate such as a mute."""

import math
from collections import deque
from dataclasses import dataclass

from kacenv.audio.envelope import SHORTEST
from kacenv.audio.swell import Swell
from kacenv.fades import Curve, Fade
from kacenv.units import Decibels, Seconds, amplitude

SILENT = Decibels(-90.0)
"""This level and all below mean no sound at all."""


@dataclass(frozen=True, slots=True)
class _Order:
    value: float
    at: Seconds
    duration: Seconds


class _Knob:
    """A value. An order begins at its time, or late from whatever the value then is.

    It moves evenly: a fade that sets out from rest is heard only long after the press that asked
    for it, and is steeper later on.
    """

    def __init__(self, fade: Fade | Swell) -> None:
        self._fade = fade
        self._orders: deque[_Order] = deque()

    def _order(self, value: float, at: Seconds, duration: Seconds) -> None:
        """Fade to `value` from `at` on; orders for `at` or later are forgotten."""
        while self._orders and self._orders[-1].at >= at:
            self._orders.pop()
        self._orders.append(_Order(value, at, Seconds(max(duration, SHORTEST))))

    def _value_at(self, time: Seconds) -> float:
        """The value at `time`; never ask for a time before the one asked last."""
        while self._orders and self._orders[0].at <= time:
            self._begin(self._orders.popleft(), time)
        return self._fade.value_at(time)

    def _begin(self, order: _Order, time: Seconds) -> None:
        """A late order keeps its whole length, so that it is never steeper than meant."""
        there = math.isclose(self._fade.value_at(time), order.value, abs_tol=1e-9)
        duration = Seconds(0.0) if there else order.duration
        self._fade = self._fade.toward(order.value, time, duration)


class Dial(_Knob):
    """A level in dB, fading evenly in dB."""

    def __init__(self, level: Decibels = Decibels(0.0)) -> None:
        super().__init__(Fade(level, level, curve=Curve.LINEAR))

    def turn(self, level: Decibels, at: Seconds, duration: Seconds) -> None:
        """Fade to `level` from `at` on; orders for `at` or later are forgotten."""
        self._order(max(level, SILENT), at, duration)

    def level_at(self, time: Seconds) -> Decibels:
        """The level at `time` in dB; never ask for a time before the one asked last."""
        return Decibels(self._value_at(time))

    def gain_at(self, time: Seconds) -> float:
        """The factor on samples at `time`."""
        level = self.level_at(time)
        return amplitude(level) if level > SILENT else 0.0


class Gate(_Knob):
    """Open or shut; between the two sound swells, so that shut is true silence."""

    def __init__(self) -> None:
        super().__init__(Swell(1.0, 1.0))

    def shut(self, shut: bool, at: Seconds, duration: Seconds) -> None:
        """Fade to nothing, or back, from `at` on; orders for `at` or later are forgotten."""
        self._order(0.0 if shut else 1.0, at, duration)

    def gain_at(self, time: Seconds) -> float:
        """The factor on samples at `time`; never ask for a time before the one asked last."""
        return self._value_at(time)
